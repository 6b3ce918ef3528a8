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
    /// <summary>Bytes in blocks that are leased now.</summary>
    public long LeasedBytes => (BlockCount - FreeCount) * BlockBytes;

    /// <summary>Bytes in blocks that are free now.</summary>
    public long FreeBytes => FreeCount * BlockBytes;
}
