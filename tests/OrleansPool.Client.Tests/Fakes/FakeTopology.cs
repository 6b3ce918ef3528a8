using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Fakes;

/// <summary>The nodes that a test says there are.</summary>
internal sealed class FakeTopology : INodeTopology
{
    public NodeId? LocalNode { get; set; }

    public double LocalWatermark { get; set; } = 0.85;

    public Func<NodeLoad[]> Loads { get; set; } = () => [];

    public Func<NodeId, NodeStatus> Status { get; set; } = _ => NodeStatus.Serving;

    public int InvalidateCount { get; private set; }

    public ValueTask<IReadOnlyList<NodeLoad>> GetLoadsAsync(CancellationToken cancellationToken) => new(Loads());

    public ValueTask<NodeStatus> GetStatusAsync(NodeId node, CancellationToken cancellationToken) => new(Status(node));

    public void Invalidate() => InvalidateCount++;
}
