using OrleansPool.Core.Replication;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>Holds chosen requests to the store, or lets them land late.</summary>
internal sealed class StoreRules
{
    private readonly SimStore _store;
    private readonly List<StoreRule> _rules = [];
    private SimSilo? _losesShards;

    public StoreRules(SimStore store)
    {
        _store = store;
        store.Interceptor = (from, request) => (from == _losesShards && request.Document != StoreRequest.Root) || _rules.Exists(rule => rule.Take(from, request));
    }

    /// <summary>Catches a silo's next write of a row that has something.</summary>
    public StoreRule CatchRow(SimSilo from, Func<SegmentRow, bool> where) =>
        Add(new StoreRule(_store, from, request => request.Content is PoolMapShard shard && shard.Rows.Any(where)));

    /// <summary>Catches a silo's next write of the root.</summary>
    public StoreRule CatchRoot(SimSilo from, Func<PoolMapRoot, bool> where) =>
        Add(new StoreRule(_store, from, request => request.Content is PoolMapRoot root && where(root)));

    /// <summary>Something happens just before the next write of a shard arrives, whoever writes it.</summary>
    public StoreRule BeforeNextWrite(Action what) =>
        Add(new StoreRule(_store, null, request => request.Content is PoolMapShard) { OnCaught = what, Passes = true });

    /// <summary>Something happens when a silo has asked for the root the next time. It is answered all the same.</summary>
    public StoreRule WhenRootIsAsked(SimSilo from, Action what) =>
        Add(new StoreRule(_store, from, request => request is { Document: StoreRequest.Root, Content: null }) { OnCaught = what, Passes = true });

    /// <summary>A silo does not get any shard any more: what it asks for stays without an answer.</summary>
    public void LoseShards(SimSilo from) => _losesShards = from;

    private StoreRule Add(StoreRule rule)
    {
        _rules.Add(rule);
        return rule;
    }
}
