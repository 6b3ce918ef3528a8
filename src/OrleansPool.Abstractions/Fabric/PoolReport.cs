namespace OrleansPool;

/// <summary>One node's share of one pool.</summary>
/// <param name="Name">Name of the pool.</param>
/// <param name="BlockBytes">Size of its blocks.</param>
/// <param name="BlockCountMax">Most blocks that it may have on this node.</param>
/// <param name="BlockCount">Blocks that it has now.</param>
/// <param name="FreeCount">Blocks that are free, of those.</param>
/// <param name="LeaseCount">Leases that are alive.</param>
/// <param name="KeptCount">Leases of them that belong to regions and do not expire.</param>
/// <param name="Counters">What happened since the node started.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.PoolReport")]
public sealed record PoolReport(
    [property: Id(0)] string Name,
    [property: Id(1)] int BlockBytes,
    [property: Id(2)] long BlockCountMax,
    [property: Id(3)] long BlockCount,
    [property: Id(4)] long FreeCount,
    [property: Id(5)] long LeaseCount,
    [property: Id(6)] long KeptCount,
    [property: Id(7)] PoolCounters Counters)
{
    /// <summary>A segment with a smaller share of its blocks in use, and not empty, counts as sparse.</summary>
    public const double SparseUsedRatio = 0.25;

    /// <summary>Segments that the blocks are in.</summary>
    [Id(8)]
    public int SegmentCount { get; init; }

    /// <summary>Segments of them that are neither empty nor used to <see cref="SparseUsedRatio"/>: their free blocks serve no other pool.</summary>
    [Id(9)]
    public int SparseSegmentCount { get; init; }

    /// <summary>Leased bytes that are in the spill file; not part of <see cref="LeasedBytes"/>.</summary>
    [Id(10)]
    public long SpilledBytes { get; init; }

    /// <summary>Requests that wait.</summary>
    [Id(11)]
    public int WaiterCount { get; init; }

    /// <summary>Most bytes that may be leased; 0 for no limit. May be below <see cref="LeasedBytes"/> after it was lowered.</summary>
    [Id(12)]
    public long QuotaBytes { get; init; }

    /// <summary>Owners that hold or wait; leases without an owner label count as one.</summary>
    [Id(13)]
    public int OwnerCount { get; init; }

    /// <summary>Bytes in blocks that are leased now.</summary>
    public long LeasedBytes => (BlockCount - FreeCount) * BlockBytes;

    /// <summary>Bytes in blocks that are free now.</summary>
    public long FreeBytes => FreeCount * BlockBytes;
}
