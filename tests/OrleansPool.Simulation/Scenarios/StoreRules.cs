using OrleansPool.Core.Replication;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>Holds chosen requests to the store, or lets them land late.</summary>
internal sealed class StoreRules
{
    private readonly SimStore _store;
    private readonly List<StoreRule> _rules = [];

    public StoreRules(SimStore store)
    {
        _store = store;
        store.Interceptor = (from, request) => _rules.Exists(rule => rule.Take(from, request));
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

    private StoreRule Add(StoreRule rule)
    {
        _rules.Add(rule);
        return rule;
    }
}
