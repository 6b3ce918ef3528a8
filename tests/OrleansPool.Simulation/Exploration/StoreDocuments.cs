using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>The store of the pool map: the root and the first shard, which change by compare-and-swap.</summary>
internal sealed record StoreDocuments(PoolMapRoot Root, PoolMapShard Shard)
{
    public static StoreDocuments None { get; } = new(PoolMapRoot.None, PoolMapShard.None);

    /// <summary>The row of the segment.</summary>
    public SegmentRow Row => Shard.Find(Opening.Segment)!;

    /// <summary>Carries a request out.</summary>
    public (StoreDocuments Next, StoreReply Reply) Take(StoreRequest request)
    {
        bool isRoot = request.Document == StoreRequest.Root;
        object present = isRoot ? Root : Shard;
        long version = isRoot ? Root.Version : Shard.Version;
        object? content = version == 0 ? null : present;
        if (request.Content is null) return (this, new StoreReply(request.Number, request.Document, StoreOutcome.Done, content));
        long baseVersion = request.Base switch { PoolMapRoot root => root.Version, PoolMapShard shard => shard.Version, _ => 0 };
        if (version != baseVersion) return (this, new StoreReply(request.Number, request.Document, StoreOutcome.Conflict, content));
        StoreDocuments next = isRoot ? this with { Root = (PoolMapRoot)request.Content } : this with { Shard = (PoolMapShard)request.Content };
        return (next, new StoreReply(request.Number, request.Document, StoreOutcome.Done, request.Content));
    }
}
