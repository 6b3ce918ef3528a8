using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Membership;

/// <summary>
/// What this silo knows of the other nodes: their loads, as they tell it a few times a second, and which incarnations there ever
/// were, so that memory that was lost can be told from memory that never was.
/// </summary>
/// <remarks>
/// Thread-safe. Orleans membership is the failure detector: a node is dead when membership says so, never because it is silent.
/// The incarnations of dead nodes are remembered for as long as this silo lives, at most <see cref="RememberedCountMax"/>.
/// </remarks>
internal sealed class NodeRegistry : INodeTopology
{
    /// <summary>Most dead incarnations that are remembered.</summary>
    public const int RememberedCountMax = 10_000;

    private const int IntervalsUnheardMax = 8;

    private readonly NodeHost _node;
    private readonly ISiloStatusOracle _membership;
    private readonly ConcurrentDictionary<SiloAddress, NodeIncarnation> _incarnations = new();
    private readonly ConcurrentDictionary<SiloAddress, (NodeLoad Load, long HeardAt)> _loads = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _ageMax;
    private volatile MeasuredLoad _ownLoad;

    /// <summary>Makes the registry.</summary>
    public NodeRegistry(NodeHost node, ISiloStatusOracle membership, IOptions<OrleansPoolOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(node);
        _node = node;
        ArgumentNullException.ThrowIfNull(options);
        _membership = membership;
        _time = time;
        _ageMax = options.Value.LoadInterval * IntervalsUnheardMax;
        LocalWatermark = options.Value.LocalWatermark;
        _incarnations[node.Id.Silo] = node.Id.Incarnation;
        _ownLoad = new MeasuredLoad(0, 0);
    }

    /// <inheritdoc/>
    public NodeId? LocalNode => _node.Id;

    /// <inheritdoc/>
    public double LocalWatermark { get; }

    /// <summary>This node's own load, as of the last interval.</summary>
    public NodeLoad OwnLoad
    {
        get
        {
            MeasuredLoad load = _ownLoad;
            return new NodeLoad(
                _node.Id, _node.CapacityBytes, _node.ReadActivity().BytesFree, load.OperationsPerSecond, load.BytesPerSecond)
            {
                DataEndpoint = _node.DataEndpoint,
            };
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<NodeLoad>> GetLoadsAsync(CancellationToken cancellationToken) => new(Loads());

    /// <inheritdoc/>
    public ValueTask<NodeStatus> GetStatusAsync(NodeId node, CancellationToken cancellationToken) => new(StatusOf(node));

    /// <inheritdoc/>
    public void Invalidate()
    {
    }

    /// <summary>The loads of the nodes that serve, this one first. A node that was not heard for long counts as full: it is asked last.</summary>
    public NodeLoad[] Loads()
    {
        List<NodeLoad> loads = [OwnLoad];
        foreach ((SiloAddress silo, (NodeLoad load, long heardAt)) in _loads)
        {
            if (_membership.GetApproximateSiloStatus(silo) != SiloStatus.Active) continue;
            loads.Add(_time.GetElapsedTime(heardAt) <= _ageMax ? load : load with { FreeBytes = 0 });
        }

        return [.. loads];
    }

    /// <summary>What is known of a node.</summary>
    public NodeStatus StatusOf(in NodeId node)
    {
        if (node.Silo is null) return NodeStatus.Unknown;
        bool isKnown = _incarnations.TryGetValue(node.Silo, out NodeIncarnation incarnation);
        if (isKnown && incarnation != node.Incarnation) return NodeStatus.Unknown;
        return _membership.GetApproximateSiloStatus(node.Silo) switch
        {
            SiloStatus.Active or SiloStatus.Joining or SiloStatus.Created or SiloStatus.ShuttingDown or SiloStatus.Stopping =>
                isKnown ? NodeStatus.Serving : NodeStatus.Silent,
            SiloStatus.Dead => NodeStatus.Dead,
            _ => isKnown ? NodeStatus.Dead : NodeStatus.Unknown,
        };
    }

    /// <summary>The other silos that are active now.</summary>
    public IEnumerable<SiloAddress> OtherActiveSilos() =>
        _membership.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(_node.Id.Silo));

    /// <summary>Another node told its load.</summary>
    public void Hear(in NodeLoad load)
    {
        if (load.Node.Silo is null || load.Node == _node.Id) return;
        if (_incarnations.Count < RememberedCountMax || _incarnations.ContainsKey(load.Node.Silo))
        {
            _incarnations[load.Node.Silo] = load.Node.Incarnation;
        }

        _loads[load.Node.Silo] = (load, _time.GetTimestamp());
        foreach (SiloAddress silo in _loads.Keys)
        {
            if (_membership.IsDeadSilo(silo)) _loads.TryRemove(silo, out _);
        }
    }

    /// <summary>This node measured its own load.</summary>
    internal void Measure(double operationsPerSecond, double bytesPerSecond) =>
        _ownLoad = new MeasuredLoad(operationsPerSecond, bytesPerSecond);

    private sealed record MeasuredLoad(double OperationsPerSecond, double BytesPerSecond);
}
