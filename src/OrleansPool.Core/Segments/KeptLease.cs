namespace OrleansPool.Core.Segments;

/// <summary>A lease that lasts until it is freed.</summary>
/// <param name="Key">The owner's right.</param>
/// <param name="BlockCount">How many blocks it has.</param>
/// <param name="Region">The region that keeps it.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct KeptLease(LeaseKey Key, int BlockCount, string Region);
