namespace OrleansPool.Core.Replication;

/// <summary>The root of the pool map: one document, changed by compare-and-swap.</summary>
/// <param name="Version">One more with each write.</param>
/// <param name="Cluster">Names the cluster's life: made once, with the root.</param>
/// <param name="Expelled">Members that must not serve any more, whatever they believe. They are dead for ever.</param>
/// <param name="ExpelledBy">Who expelled them, in the same order.</param>
/// <param name="NextShard">The first shard, and with it the range of 1,024 segment ids, that nobody has taken yet.</param>
/// <remarks>Immutable.</remarks>
internal sealed record PoolMapRoot(long Version, Guid Cluster, NodeId[] Expelled, NodeId[] ExpelledBy, int NextShard)
{
    /// <summary>Before anybody wrote one.</summary>
    public static PoolMapRoot None { get; } = new(0, Guid.Empty, [], [], 0);

    /// <summary>Whether a member was expelled.</summary>
    public bool HasExpelled(NodeId node) => Array.IndexOf(Expelled, node) >= 0;
}
