using OrleansPool.Core.Placement;
using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// Whoever decides how many segments there are and, by the real plan, where their copies should be. It knows what the silos know, and may be wrong: it
/// only asks, and the protocol decides.
/// </summary>
internal sealed class SimPlanner(SimWorld world, SeededRandom random)
{
    private const double LoadMax = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>So few partners that copies are made for the sake of the sets too.</summary>
    private static readonly RebalancingLimits Limits = RebalancingLimits.Default with { ScatterWidth = 3 };

    private readonly Dictionary<NodeId, (int Shard, int Used)> _ranges = [];
    private readonly HashSet<NodeId> _asked = [];
    private ulong _loads;

    /// <summary>How many segments were born.</summary>
    public int BirthCount { get; private set; }

    public void Begin() => world.Queue.Plan(Interval, Plan);

    private void Plan()
    {
        world.Queue.Plan(Interval, Plan);
        List<SegmentRow> rows = [.. world.Store.Rows];
        int alive = rows.Count(row => row.State == SegmentState.Active);
        if (alive < world.Options.Segments && rows.Count < world.Options.Segments * 20) GiveBirth();
        foreach (SegmentRow row in rows)
        {
            if (row.State == SegmentState.Active && SimSurroundings.PrimaryOf(world, row) is { } silo) Disturb(silo, row.Segment);
        }

        // Another load makes other silos the better primaries.
        if (world.IsFaulty && world.Swarm.Moves && random.OneIn(4)) _loads = random.Next();
        var surroundings = new SimSurroundings(world, LoadOf);
        foreach (PlacementStep step in RebalancingPlan.Next(surroundings.State, Limits).Steps) Ask(surroundings.RowOf(step.Segment), step.Kind, surroundings.LifeOf(step.Node));
    }

    private void GiveBirth()
    {
        SimSilo silo = random.Pick(world.Silos);
        if (!silo.IsUp || world.Membership.StateOf(silo.Id.Silo) != SiloState.Active) return;
        NodeId life = silo.Id;
        if (_ranges.TryGetValue(life, out (int Shard, int Used) range))
        {
            if (range.Used >= 100) return;
            _ranges[life] = range with { Used = range.Used + 1 };
            BirthCount++;
            var id = new SegmentId(((ulong)range.Shard * PoolMapShard.RowCountMax) + 1 + (ulong)range.Used);
            silo.Do((node, now, outbox) => node.TryBirth(id, "default", world.Options.Copies, now, outbox));
        }
        else if (_asked.Add(life))
        {
            silo.Do((node, now, outbox) =>
            {
                node.Map.TakeRange(shard => _ranges[life] = (shard, 0));
                node.Map.Elapse(now, outbox);
            });
        }
    }

    private void Disturb(SimSilo silo, SegmentId segment)
    {
        if (random.OneIn(30)) silo.MoveHome(segment);
        if (world.IsFaulty && random.OneIn(40)) silo.Do((node, now, outbox) => node.TryDelete(segment, now, outbox));
    }

    /// <summary>Asks whoever can take a step to take it, if that silo lives.</summary>
    private void Ask(SegmentRow row, PlacementStepKind kind, NodeId target)
    {
        if (SimSurroundings.PrimaryOf(world, row) is not { } primary) return;
        switch (kind)
        {
            case PlacementStepKind.StartJoin:
                primary.Do((node, now, outbox) => node.TryJoin(row.Segment, target, now, outbox));
                break;
            case PlacementStepKind.MovePrimary:
                primary.Do((node, now, outbox) => node.TryMove(row.Segment, target, now, outbox));
                break;
            case PlacementStepKind.RemoveCopy:
                world.Silos[world.PlaceOf(target.Silo)!.Value].Do((node, _, outbox) => node.AskToLeave(row.Segment, outbox));
                break;
        }
    }

    private double LoadOf(SegmentId segment) => _loads == 0 ? 0 : PlacementHash.Of(_loads, segment.Value) / (double)ulong.MaxValue * LoadMax;
}
