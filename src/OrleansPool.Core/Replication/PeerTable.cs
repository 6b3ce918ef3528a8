using System.Runtime.InteropServices;

namespace OrleansPool.Core.Replication;

/// <summary>The other nodes that this one has met, each in one of its lives.</summary>
/// <remarks>Owned by the node. Bounded by how many nodes there ever were while it lives.</remarks>
internal sealed class PeerTable
{
    private readonly Dictionary<NodeId, PeerLink> _links = [];
    private readonly Dictionary<SiloAddress, List<PeerLink>> _lives = [];
    private readonly List<PeerLink> _all = [];

    /// <summary>All of them, in the order in which they were met.</summary>
    public ReadOnlySpan<PeerLink> All => CollectionsMarshal.AsSpan(_all);

    /// <summary>The link to a node.</summary>
    public PeerLink this[NodeId node]
    {
        get
        {
            if (_links.TryGetValue(node, out PeerLink? link)) return link;
            _links.Add(node, link = new PeerLink(node));
            _all.Add(link);
            if (!_lives.TryGetValue(node.Silo, out List<PeerLink>? lives)) _lives.Add(node.Silo, lives = []);
            lives.Add(link);
            return link;
        }
    }

    /// <summary>The lives of a silo's address that this node has met.</summary>
    public ReadOnlySpan<PeerLink> LivesOf(SiloAddress silo) => _lives.TryGetValue(silo, out List<PeerLink>? lives) ? CollectionsMarshal.AsSpan(lives) : [];
}
