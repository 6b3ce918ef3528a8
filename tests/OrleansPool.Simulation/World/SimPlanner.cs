using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// Whoever decides how many segments there are and where their copies should be. It knows what the silos know, and may be wrong: it only asks, and
/// the protocol decides.
/// </summary>
internal sealed class SimPlanner(SimWorld world, SeededRandom random)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<NodeId, (int Shard, int Used)> _ranges = [];
    private readonly HashSet<NodeId> _asked = [];

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
            if (row.State != SegmentState.Active || world.PlaceOf(row.Primary.Silo) is not { } place) continue;
            SimSilo silo = world.Silos[place];
            if (silo.Id != row.Primary || !silo.IsUp) continue;
            Advise(silo, row);
        }
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

    private void Advise(SimSilo silo, SegmentRow row)
    {
        SimSilo[] candidates = [.. world.Silos.Where(other => other.IsUp && !row.Has(other.Id) && world.Membership.StateOf(other.Id.Silo) == SiloState.Active)];
        int staying = row.InSync.Count(member => world.Membership.StateOf(member.Silo) == SiloState.Active);
        bool isLeaving = world.Membership.StateOf(silo.Id.Silo) == SiloState.Leaving;
        if (staying < row.WantedCopies && row.Joiner == default && candidates.Length > 0)
        {
            NodeId target = random.Pick(candidates).Id;
            silo.Do((node, now, outbox) => node.TryJoin(row.Segment, target, now, outbox));
            return;
        }

        if (random.OneIn(30)) silo.MoveHome(row.Segment);
        if (world.IsFaulty && random.OneIn(40))
        {
            silo.Do((node, now, outbox) => node.TryDelete(row.Segment, now, outbox));
            return;
        }

        NodeId[] others = Array.FindAll(row.InSync, member => member != silo.Id && world.Membership.StateOf(member.Silo) == SiloState.Active);
        bool moves = isLeaving || (world.IsFaulty && world.Swarm.Moves && random.OneIn(8));
        if (moves && others.Length > 0)
        {
            NodeId target = random.Pick(others);
            silo.Do((node, now, outbox) => node.TryMove(row.Segment, target, now, outbox));
            return;
        }

        bool isFull = staying >= row.WantedCopies || candidates.Length == 0;
        foreach (NodeId member in row.InSync)
        {
            bool goes = world.Membership.StateOf(member.Silo) == SiloState.Leaving || (row.InSync.Length > row.WantedCopies && member != row.Primary);
            if (!isFull || !goes || world.PlaceOf(member.Silo) is not { } place) continue;
            world.Silos[place].Do((node, _, outbox) => node.AskToLeave(row.Segment, outbox));
            return;
        }
    }
}
