using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>The topology as an external client sees it: asked of the directory, and remembered for a moment.</summary>
internal sealed class DirectoryTopology : INodeTopology
{
    /// <summary>How long an answer of the directory is used.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromMilliseconds(250);

    private readonly IPoolDirectoryGrain _directory;
    private readonly TimeProvider _time;
    private volatile Snapshot? _snapshot;

    /// <summary>Makes the topology.</summary>
    public DirectoryTopology(IGrainFactory grains, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _directory = grains.GetGrain<IPoolDirectoryGrain>(IPoolDirectoryGrain.Key);
        _time = time;
    }

    /// <inheritdoc/>
    public NodeId? LocalNode => null;

    /// <inheritdoc/>
    public double LocalWatermark => 1;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NodeLoad>> GetLoadsAsync(CancellationToken cancellationToken)
    {
        Snapshot? snapshot = _snapshot;
        if (snapshot is null || _time.GetElapsedTime(snapshot.ReadAt) > AgeMax)
        {
            long readAt = _time.GetTimestamp();
            NodeLoad[] loads = await GrainQuestion.AskAsync(_directory.GetLoadsAsync, cancellationToken);
            _snapshot = snapshot = new Snapshot(loads, readAt);
        }

        return snapshot.Loads;
    }

    /// <inheritdoc/>
    public async ValueTask<NodeStatus> GetStatusAsync(NodeId node, CancellationToken cancellationToken) =>
        await _directory.GetStatusAsync(node).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Invalidate() => _snapshot = null;

    private sealed record Snapshot(NodeLoad[] Loads, long ReadAt);
}
