using Orleans.Concurrency;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;
using OrleansPool.Server.Membership;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Routing;

namespace OrleansPool.Server.Grains;

/// <summary>The silo's block cache and its way to the memory, for clients that only speak Orleans. Holds no state.</summary>
[StatelessWorker]
[Reentrant]
internal sealed class CacheGrain(NodeHost node, NodeRegistry registry, ISegmentPath path, CachedReader reader) : Grain, ICacheGrain
{
    public async Task<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads)
    {
        ThrowIfGone(home);
        return await path.ReadAsync(home, blockBytes, reads, CancellationToken.None);
    }

    public async Task<BlockWriteReply[]> WriteAsync(NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes)
    {
        ThrowIfGone(home);
        return await path.WriteAsync(home, writes, bytes, CancellationToken.None);
    }

    public async Task<int> PrefetchAsync(NodeId home, int blockBytes, BlockRead[] blocks)
    {
        ThrowIfGone(home);
        return await reader.PrefetchAsync(home, blockBytes, blocks, CancellationToken.None);
    }

    public Task<int> EvictAsync(SegmentId segment) => Task.FromResult(node.Cache?.RemoveSegment(segment) ?? 0);

    public Task<CacheReport> DescribeAsync() =>
        Task.FromResult(node.Cache?.Describe() ?? new CacheReport("none", 0, 0, 0, 0, 0, 0, 0, 0));

    private void ThrowIfGone(in NodeId home)
    {
        switch (registry.StatusOf(home))
        {
            case NodeStatus.Dead: throw PoolErrors.Lost(null, home);
            case NodeStatus.Unknown: throw PoolErrors.Unknown(home);
        }
    }
}
