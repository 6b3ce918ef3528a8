using System.Collections.Immutable;
using OrleansPool.Core.Placement;

namespace OrleansPool.Simulation.Scale;

/// <summary>A cluster in which the steps of a rebalancing plan are carried out, at once or some rounds later.</summary>
internal sealed class ClusterModel
{
    private readonly List<PlacementNode> _nodes = [];
    private readonly List<PlacementSegment> _segments = [];
    private readonly List<long> _baseBytes = [];
    private readonly List<double> _baseLoad = [];

    public IReadOnlyList<PlacementNode> Nodes => _nodes;

    public IReadOnlyList<PlacementSegment> Segments => _segments;

    /// <summary>Bytes of all copies made.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Bytes that each node sent, and received.</summary>
    public Dictionary<int, long> SentBytes { get; } = [];

    public Dictionary<int, long> ReceivedBytes { get; } = [];

    /// <summary>How many rounds were carried out.</summary>
    public int RoundCount { get; private set; }

    /// <summary>Adds a node, which uses and carries something besides segments.</summary>
    public int AddNode(int zone, long capacityBytes, ulong? id = null, PlacementNodeState state = PlacementNodeState.Active, long otherBytes = 0, double otherLoad = 0)
    {
        _nodes.Add(new PlacementNode(id ?? PlacementHash.Of((ulong)_nodes.Count, 1), zone, state, capacityBytes, 0, 0));
        _baseBytes.Add(otherBytes);
        _baseLoad.Add(otherLoad);
        return _nodes.Count - 1;
    }

    public int AddSegment(long bytes, int wanted, ImmutableArray<int> inSync, double load = 0, ulong? id = null, int joiner = PlacementSegment.NoNode, bool isMoving = false)
    {
        _segments.Add(new PlacementSegment(new SegmentId(id ?? (ulong)_segments.Count + 1), bytes, wanted, inSync[0], inSync, joiner, isMoving, load));
        return _segments.Count - 1;
    }

    public void SetState(int node, PlacementNodeState state) => _nodes[node] = _nodes[node] with { State = state };

    public void SetLoad(int segment, double load) => _segments[segment] = _segments[segment] with { Load = load };

    /// <summary>A node dies: survivors take its segments over and drop it; segments without survivor are lost.</summary>
    public void Kill(int node)
    {
        SetState(node, PlacementNodeState.Dead);
        for (int i = _segments.Count - 1; i >= 0; i--)
        {
            PlacementSegment segment = _segments[i];
            ImmutableArray<int> left = segment.InSync.Remove(node);
            if (left.IsEmpty) _segments.RemoveAt(i);
            else _segments[i] = segment with
            {
                InSync = left,
                Joiner = segment.Joiner == node ? PlacementSegment.NoNode : segment.Joiner,
                Primary = segment.Primary == node ? left[(int)(segment.Id.Value % (ulong)left.Length)] : segment.Primary,
            };
        }
    }

    /// <summary>What a plan sees.</summary>
    public PlacementState Observe()
    {
        long[] used = [.. _baseBytes];
        double[] load = [.. _baseLoad];
        foreach (PlacementSegment segment in _segments)
        {
            foreach (int member in segment.InSync) used[member] += segment.Bytes;
            if (segment.Joiner >= 0) used[segment.Joiner] += segment.Bytes;
            load[segment.Primary] += segment.Load;
        }

        return new PlacementState([.. _nodes.Select((node, i) => node with { UsedBytes = used[i], Load = load[i] })], [.. _segments]);
    }

    /// <summary>Begins steps. Of primaries that move, the row changes now.</summary>
    public void Begin(IEnumerable<PlacementStep> steps)
    {
        foreach (PlacementStep step in steps)
        {
            PlacementSegment segment = _segments[step.Segment];
            _segments[step.Segment] = step.Kind switch
            {
                PlacementStepKind.StartJoin => segment with { Joiner = step.Node },
                PlacementStepKind.MovePrimary => segment with { Primary = step.Node, IsMoving = true },
                _ => segment with { InSync = segment.InSync.Remove(step.Node) },
            };
        }
    }

    /// <summary>Ends what is under way, where the condition holds.</summary>
    public void Finish(Func<int, bool> isDone)
    {
        for (int i = 0; i < _segments.Count; i++)
        {
            PlacementSegment segment = _segments[i];
            if ((segment.Joiner < 0 && !segment.IsMoving) || !isDone(i)) continue;
            if (segment.Joiner >= 0)
            {
                CopiedBytes += segment.Bytes;
                SentBytes[segment.Primary] = SentBytes.GetValueOrDefault(segment.Primary) + segment.Bytes;
                ReceivedBytes[segment.Joiner] = ReceivedBytes.GetValueOrDefault(segment.Joiner) + segment.Bytes;
                segment = segment with { InSync = segment.InSync.Add(segment.Joiner), Joiner = PlacementSegment.NoNode };
            }

            _segments[i] = segment with { IsMoving = false };
        }
    }

    /// <summary>Plans and carries out until a round has no steps and nothing is under way.</summary>
    /// <returns>The last round; null if that took too many.</returns>
    public RebalancingRound? Settle(RebalancingLimits limits, int roundsMax, Action<PlacementState, RebalancingRound>? check = null)
    {
        for (int i = 0; i < roundsMax; i++)
        {
            PlacementState state = Observe();
            RebalancingRound round = RebalancingPlan.Next(state, limits);
            check?.Invoke(state, round);
            bool isIdle = _segments.TrueForAll(segment => segment.Joiner < 0 && !segment.IsMoving);
            if (round.Steps.IsEmpty && isIdle) return round;
            RoundCount++;
            Finish(segment => (PlacementHash.Of((ulong)segment, (ulong)RoundCount) & 3) != 0 || roundsMax - i < 4);
            Begin(round.Steps);
        }

        return null;
    }
}
