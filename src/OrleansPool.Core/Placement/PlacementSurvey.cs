using System.Collections.Immutable;

namespace OrleansPool.Core.Placement;

/// <summary>
/// The sums of one round: what every node holds and carries, now and once all that is under way has ended, and the steps taken so
/// far, which count in it as if they had been carried out.
/// </summary>
/// <remarks>
/// <code>
/// used    = what is reported, at least the copies and joiners that are listed, + joins of this round
/// settled = used - copies that go once their segment's joiner is in sync
/// </code>
/// Room is what used leaves; evenness is judged by settled, so that nothing is moved twice for one difference. Everything is walked
/// in the order of hashed ids: sums of fractions, too, come out the same however the input is ordered.
/// </remarks>
internal sealed class PlacementSurvey
{
    private readonly ImmutableArray<PlacementNode> _nodes;
    private readonly ImmutableArray<PlacementSegment> _segments;
    private readonly ImmutableArray<PlacementStep>.Builder _steps = ImmutableArray.CreateBuilder<PlacementStep>();
    private readonly bool[] _isBusy;
    private readonly long[] _used;
    private readonly long[] _settled;
    private readonly double[] _observedFill;
    private readonly double[] _load;
    private readonly int[] _copiesOut;
    private readonly int[] _copiesIn;
    private int _copies;

    public PlacementSurvey(PlacementState state, RebalancingLimits limits)
    {
        _nodes = state.Nodes;
        _segments = state.Segments;
        Limits = limits;
        _isBusy = new bool[_segments.Length];
        IsFrozen = new bool[_nodes.Length];
        _copiesOut = new int[_nodes.Length];
        _copiesIn = new int[_nodes.Length];
        _load = [.. _nodes.Select(node => node.Load)];
        NodeHashes = [.. _nodes.Select(node => PlacementHash.Of(node.Id))];
        Order = OrderOf(_segments.Length, i => PlacementHash.Of(_segments[i].Id.Value));
        ActiveNodes = [.. OrderOf(_nodes.Length, i => NodeHashes[i]).Where(i => _nodes[i].State == PlacementNodeState.Active)];
        Scatter = new ScatterSets(_nodes.AsMemory(), ActiveNodes, limits.ScatterWidth);
        _used = CountUsed();
        _settled = [.. _used];
        _observedFill = [.. Enumerable.Range(0, _nodes.Length).Select(node => SettledFill(node))];
        MeanLoad = ActiveNodes.Length == 0 ? 0 : ActiveNodes.Sum(node => _load[node]) / ActiveNodes.Length;
    }

    public RebalancingLimits Limits { get; }

    /// <summary>The segments, in the order in which they are looked at.</summary>
    public int[] Order { get; }

    /// <summary>The nodes that may get copies.</summary>
    public int[] ActiveNodes { get; }

    public ulong[] NodeHashes { get; }

    public ScatterSets Scatter { get; }

    /// <summary>Nodes whose load changes by a move under way, nobody knows how.</summary>
    public bool[] IsFrozen { get; }

    public double MeanLoad { get; }

    /// <summary>Whether something that is to be done now waits for something under way.</summary>
    public bool Waits { get; set; }

    /// <summary>Whether something under way was seen.</summary>
    public bool IsUnderWay { get; private set; }

    public int NodeCount => _nodes.Length;

    public int StepCount => _steps.Count;

    public bool IsFull => _steps.Count >= Limits.StepsMax;

    public ref readonly PlacementSegment Segment(int segment) => ref _segments.ItemRef(segment);

    public PlacementNodeState StateOf(int node) => _nodes[node].State;

    public int ZoneOf(int node) => _nodes[node].Zone;

    public long FreeBytes(int node) => _nodes[node].CapacityBytes - _used[node];

    public double Load(int node) => _load[node];

    /// <summary>How full a node was when the round began: the same for everyone who asks.</summary>
    public double ObservedFill(int node) => _observedFill[node];

    /// <summary>How full a node will be, from 0 to 1, with some bytes more.</summary>
    public double SettledFill(int node, long moreBytes) =>
        _nodes[node].CapacityBytes <= 0 ? 1 : (double)(_settled[node] + moreBytes) / _nodes[node].CapacityBytes;

    public double SettledFill(int node) => SettledFill(node, 0);

    /// <summary>Whether the segment is left alone in this round: it has its step, or what it had before is not done, or it waits for a takeover.</summary>
    public bool IsBusy(int segment) => _isBusy[segment];

    /// <summary>How many in-sync members live; and of those, how many stay.</summary>
    public (int Living, int Active) Count(int segment)
    {
        int living = 0;
        int active = 0;
        foreach (int member in _segments[segment].InSync)
        {
            if (_nodes[member].State != PlacementNodeState.Dead) living++;
            if (_nodes[member].State == PlacementNodeState.Active) active++;
        }

        return (living, active);
    }

    /// <summary>Takes note of what is under way, so that the rest of the round counts with it.</summary>
    public void CountUnderWay(CopyChoice choice)
    {
        foreach (int i in Order)
        {
            ref readonly PlacementSegment segment = ref Segment(i);
            bool joins = segment.Joiner >= 0;
            _isBusy[i] = joins || segment.IsMoving || _nodes[segment.Primary].State == PlacementNodeState.Dead;
            IsUnderWay |= _isBusy[i];
            if (segment.IsMoving)
            {
                foreach (int member in segment.InSync) IsFrozen[member] = true;
            }

            if (joins && _nodes[segment.Joiner].State != PlacementNodeState.Dead) CountCopy(segment.Primary, segment.Joiner);
            if (Count(i).Living + (joins ? 1 : 0) <= segment.WantedCopies) continue;
            int newest = joins ? segment.Joiner : choice.Newest(i);
            Settle(i, choice.Leaver(i, newest), newest);
        }
    }

    /// <summary>Whether a primary may fill one joiner more.</summary>
    public bool CanSend(int node) => _copies < Limits.CopiesMax && _copiesOut[node] < Limits.CopiesPerSourceMax;

    /// <summary>Whether a node may be one joiner more.</summary>
    public bool CanReceive(int node) => _copiesIn[node] < Limits.CopiesPerTargetMax;

    /// <summary>The round's step for a segment.</summary>
    public void Add(PlacementStepKind kind, int segment, int node)
    {
        _steps.Add(new PlacementStep(kind, segment, node));
        _isBusy[segment] = true;
        if (kind != PlacementStepKind.StartJoin) return;
        CountCopy(Segment(segment).Primary, node);
        _used[node] += Segment(segment).Bytes;
        _settled[node] += Segment(segment).Bytes;
    }

    /// <summary>Counts a copy as gone that another will have taken the place of; with the load, where it was the only one.</summary>
    public void Settle(int segment, int leaver, int newest)
    {
        ref readonly PlacementSegment its = ref Segment(segment);
        _settled[leaver] -= its.Bytes;
        if (leaver == its.Primary) MoveLoad(segment, newest);
    }

    /// <summary>Counts a copy where a later round will have moved it.</summary>
    public void Expect(int segment, int from, int to)
    {
        _settled[from] -= Segment(segment).Bytes;
        _settled[to] += Segment(segment).Bytes;
    }

    /// <summary>Counts a segment's load where it will be.</summary>
    public void MoveLoad(int segment, int node)
    {
        ref readonly PlacementSegment its = ref Segment(segment);
        _load[its.Primary] -= its.Load;
        _load[node] += its.Load;
    }

    public ImmutableArray<PlacementStep> TakeSteps() => _steps.DrainToImmutable();

    private static int[] OrderOf(int count, Func<int, ulong> hashOf)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        ulong[] hashes = Array.ConvertAll(order, i => hashOf(i));
        Array.Sort(hashes, order);
        return order;
    }

    private void CountCopy(int source, int target)
    {
        _copies++;
        _copiesOut[source]++;
        _copiesIn[target]++;
    }

    private long[] CountUsed()
    {
        long[] listed = new long[_nodes.Length];
        foreach (PlacementSegment segment in _segments)
        {
            foreach (int member in segment.InSync) listed[member] += segment.Bytes;
            if (segment.Joiner >= 0) listed[segment.Joiner] += segment.Bytes;
        }

        for (int i = 0; i < listed.Length; i++) listed[i] = Math.Max(listed[i], _nodes[i].UsedBytes);
        return listed;
    }
}
