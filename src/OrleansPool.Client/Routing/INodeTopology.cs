using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>Which nodes there are, and how loaded. Thread-safe.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface INodeTopology
{
    /// <summary>The node of this process; null in an external client.</summary>
    NodeId? LocalNode { get; }

    /// <summary>How full the local node may be before others are asked first, from 0 to 1.</summary>
    double LocalWatermark { get; }

    /// <summary>The loads of the nodes that serve, as last heard.</summary>
    ValueTask<IReadOnlyList<NodeLoad>> GetLoadsAsync(CancellationToken cancellationToken);

    /// <summary>What is known of a node.</summary>
    ValueTask<NodeStatus> GetStatusAsync(NodeId node, CancellationToken cancellationToken);

    /// <summary>Forgets what was last heard, after a node did not answer.</summary>
    void Invalidate();
}
