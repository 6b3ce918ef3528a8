namespace OrleansPool;

/// <summary>What one node holds.</summary>
/// <param name="Node">The node.</param>
/// <param name="Name">Name of its silo.</param>
/// <param name="CapacityBytes">All memory that it may use: frames, metadata, operation logs and cache.</param>
/// <param name="MetadataBytes">What metadata and operation logs take of it.</param>
/// <param name="UnassignedBytes">Memory that no pool has taken yet.</param>
/// <param name="ReservedBytes">Local memory taken ahead by reservations.</param>
/// <param name="CacheCapacityBytes">Most bytes that its block cache may hold.</param>
/// <param name="CacheBytes">Bytes that its block cache holds.</param>
/// <param name="Pools">Its share of each pool.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.NodeReport")]
public sealed record NodeReport(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] string Name,
    [property: Id(2)] long CapacityBytes,
    [property: Id(3)] long MetadataBytes,
    [property: Id(4)] long UnassignedBytes,
    [property: Id(5)] long ReservedBytes,
    [property: Id(6)] long CacheCapacityBytes,
    [property: Id(7)] long CacheBytes,
    [property: Id(8)] IReadOnlyList<PoolReport> Pools)
{
    /// <summary>Size of the node's spill file; 0 for none. Not part of <see cref="CapacityBytes"/>.</summary>
    [Id(9)]
    public long SpillCapacityBytes { get; init; }

    /// <summary>Its data port; null where and while it has none, and grain calls carry the bytes.</summary>
    [Id(10)]
    public DataPortReport? DataPort { get; init; }

    /// <summary>Leased bytes that are in the spill file; not part of <see cref="LeasedBytes"/>.</summary>
    public long SpilledBytes => Pools.Sum(pool => pool.SpilledBytes);

    /// <summary>Bytes in blocks that are leased now.</summary>
    public long LeasedBytes => Pools.Sum(pool => pool.LeasedBytes);

    /// <summary>Bytes that could still be leased or reserved.</summary>
    public long FreeBytes => UnassignedBytes + Pools.Sum(pool => pool.FreeBytes);
}
