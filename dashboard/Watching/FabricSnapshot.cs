namespace OrleansPool.Dashboard.Watching;

/// <summary>What the fabric looked like at about one moment. Immutable; every viewer of that moment sees the same one.</summary>
/// <param name="Report">What the nodes hold; null before the first answer.</param>
/// <param name="Loads">How busy they are.</param>
/// <param name="Largest">The largest leases, largest first.</param>
/// <param name="Oldest">The oldest leases, oldest first.</param>
/// <param name="Regions">The regions; null before their first answer.</param>
/// <param name="History">Recent moments, this one last.</param>
/// <param name="ReadAt">When it was read, as a timestamp of the clock.</param>
/// <param name="SilentFor">How long the cluster has not answered; null while it does.</param>
internal sealed record FabricSnapshot(
    FabricReport? Report,
    IReadOnlyDictionary<NodeId, NodeLoad> Loads,
    IReadOnlyList<LeaseInfo> Largest,
    IReadOnlyList<LeaseInfo> Oldest,
    IReadOnlyList<RegionInfo>? Regions,
    IReadOnlyList<ActivityPoint> History,
    long ReadAt,
    TimeSpan? SilentFor)
{
    public static FabricSnapshot Nothing { get; } = new(null, new Dictionary<NodeId, NodeLoad>(), [], [], null, [], 0, null);

    public IReadOnlyList<NodeReport> Nodes => Report?.Nodes ?? [];

    public IEnumerable<PoolReport> Pools => Nodes.SelectMany(node => node.Pools);

    public long Exhaustions => Pools.Sum(pool => pool.Counters.Exhaustions);

    /// <summary>Requests turned down since the oldest moment that is remembered.</summary>
    public long RecentExhaustions => History.Count == 0 ? 0 : Math.Max(0, Exhaustions - History[0].Exhaustions);
}
