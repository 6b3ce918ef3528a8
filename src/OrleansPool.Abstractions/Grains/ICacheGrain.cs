namespace OrleansPool.Grains;

/// <summary>
/// The block cache of the silo that the call lands on, for clients that only speak Orleans: a stateless worker on every silo,
/// keyed by a hash of the segment only to spread load. Reads are revalidated with the memory's owner, so they are never stale.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.ICacheGrain")]
public interface ICacheGrain : IGrainWithIntegerKey
{
    /// <summary>Reads blocks of one node.</summary>
    /// <exception cref="PoolDataLossException">The node is gone.</exception>
    [Alias("Read")]
    Task<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads);

    /// <summary>Changes blocks of one node. The silo's cached copies of them are replaced when they are read next.</summary>
    /// <exception cref="PoolDataLossException">The node is gone.</exception>
    [Alias("Write")]
    Task<BlockWriteReply[]> WriteAsync(NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes);

    /// <summary>Brings blocks of one node into the silo's cache.</summary>
    /// <returns>How many were brought in.</returns>
    [Alias("Prefetch")]
    Task<int> PrefetchAsync(NodeId home, int blockBytes, BlockRead[] blocks);

    /// <summary>Drops a segment's blocks from the silo's cache; all segments when it is default.</summary>
    /// <returns>How many were dropped.</returns>
    [Alias("Evict")]
    Task<int> EvictAsync(SegmentId segment);

    /// <summary>What the silo's cache holds and did.</summary>
    [Alias("Describe")]
    Task<CacheReport> DescribeAsync();
}
