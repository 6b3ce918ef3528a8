using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>Memory that was just leased.</summary>
/// <param name="BlockBytes">Size of the pool's blocks.</param>
/// <param name="Extents">The extents, in order of their bytes.</param>
public sealed record TakenLease(int BlockBytes, OpenExtent[] Extents);
