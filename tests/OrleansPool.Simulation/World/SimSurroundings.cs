using OrleansPool.Core.Placement;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.World;

/// <summary>What a planner has heard of the cluster: rows as the store has them, and of each silo's life what membership says of it.</summary>
internal sealed class SimSurroundings
{
    /// <summary>How many segments a silo says it has memory for. It may have less.</summary>
    private const int CapacitySegments = 24;

    private const int ZoneCount = 3;

    private readonly SimWorld _world;
    private readonly List<NodeId> _lives = [];
    private readonly Dictionary<NodeId, int> _indices = [];
    private readonly SegmentRow[] _rows;

    /// <summary>Looks around.</summary>
    /// <param name="world">Where.</param>
    /// <param name="loadOf">What a segment's primary carries for it.</param>
    public SimSurroundings(SimWorld world, Func<SegmentId, double> loadOf)
    {
        _world = world;
        foreach (SimSilo silo in world.Silos) IndexOf(silo.Id);
        _rows = [.. world.Store.Rows.Where(row => row.State == SegmentState.Active)];
        PlacementSegment[] segments = Array.ConvertAll(_rows, row => new PlacementSegment(
            row.Segment, 1, row.WantedCopies, IndexOf(row.Primary), [.. row.InSync.Select(IndexOf)], row.Joiner == default ? PlacementSegment.NoNode : IndexOf(row.Joiner),
            IsMoving(row), loadOf(row.Segment)));
        double[] loads = new double[_lives.Count];
        foreach (PlacementSegment segment in segments) loads[segment.Primary] += segment.Load;
        State = new PlacementState([.. _lives.Select((life, i) => Describe(life, loads[i]))], [.. segments]);
    }

    /// <summary>What the plan is made from.</summary>
    public PlacementState State { get; }

    /// <summary>The row of a segment of the plan.</summary>
    public SegmentRow RowOf(int segment) => _rows[segment];

    /// <summary>The life that a node of the plan stands for.</summary>
    public NodeId LifeOf(int node) => _lives[node];

    /// <summary>The silo in whose present life a segment's primary is; null if that life is over.</summary>
    public static SimSilo? PrimaryOf(SimWorld world, SegmentRow row) => SiloOf(world, row.Primary) is { IsUp: true } silo ? silo : null;

    private static SimSilo? SiloOf(SimWorld world, NodeId life) =>
        world.PlaceOf(life.Silo) is { } place && world.Silos[place] is var silo && silo.Id == life ? silo : null;

    private int IndexOf(NodeId life)
    {
        if (_indices.TryGetValue(life, out int index)) return index;
        _indices.Add(life, _lives.Count);
        _lives.Add(life);
        return _lives.Count - 1;
    }

    private PlacementNode Describe(NodeId life, double load)
    {
        // Of two lives with one address the later is the one that answers.
        PlacementNodeState state = SiloOf(_world, life) is null ? PlacementNodeState.Dead : _world.Membership.StateOf(life.Silo) switch
        {
            SiloState.Active => PlacementNodeState.Active,
            SiloState.Leaving => PlacementNodeState.Leaving,
            _ => PlacementNodeState.Dead,
        };
        return new PlacementNode((ulong)life.Incarnation.Value, (_world.PlaceOf(life.Silo) ?? 0) % ZoneCount, state, CapacitySegments, 0, load);
    }

    private bool IsMoving(SegmentRow row) =>
        PrimaryOf(_world, row) is { IsPaused: false } silo && silo.Node.Segments.TryGetValue(row.Segment, out Segment? copy)
        && copy.Replica is { Role: ReplicaRole.Primary, Primary: { IsProposing: true } or { IsMoving: true } };
}
