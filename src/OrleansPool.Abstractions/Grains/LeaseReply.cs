namespace OrleansPool.Grains;

/// <summary>A node's answer to a <see cref="LeaseRequest"/>: all of the memory or none.</summary>
/// <param name="Status">Ok, Exhausted, QuotaExceeded, OutOfBounds, NoPool, Busy, or Waiting: ask again with the same ticket.</param>
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
    [property: Id(4)] long BytesMax)
{
    /// <summary>How many requests wait before this one.</summary>
    [Id(5)]
    public int WaitersAhead { get; init; }

    /// <summary>Which limit refused the request.</summary>
    [Id(6)]
    public PoolLimit Limit { get; init; }

    /// <summary>What is held of that limit now.</summary>
    [Id(7)]
    public long LimitHeld { get; init; }

    /// <summary>The limit.</summary>
    [Id(8)]
    public long LimitMax { get; init; }
}
