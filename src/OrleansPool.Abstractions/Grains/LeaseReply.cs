namespace OrleansPool.Grains;

/// <summary>A node's answer to a <see cref="LeaseRequest"/>: all of the memory or none.</summary>
/// <param name="Status">Ok, Exhausted, QuotaExceeded, NoPool or Busy.</param>
/// <param name="BlockBytes">Size of the pool's blocks.</param>
/// <param name="Extents">The leases, in order of their bytes; empty unless Ok.</param>
/// <param name="BytesFree">What the pool has free on this node now.</param>
/// <param name="BytesMax">What the pool may have on this node.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseReply")]
public sealed record LeaseReply(
    [property: Id(0)] OperationStatus Status,
    [property: Id(1)] int BlockBytes,
    [property: Id(2)] OpenExtent[] Extents,
    [property: Id(3)] long BytesFree,
    [property: Id(4)] long BytesMax);
