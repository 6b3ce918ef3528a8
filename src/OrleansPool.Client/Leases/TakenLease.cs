using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>Memory that was just leased.</summary>
/// <param name="BlockBytes">Size of the pool's blocks.</param>
/// <param name="Extents">The extents, in order of their bytes.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TakenLease(int BlockBytes, OpenExtent[] Extents);
