using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>
/// What must hold at every moment, looked at after each step where the step was, and everywhere once in a while.
/// </summary>
internal sealed class Invariants(SimWorld world)
{
    private const int FullEvery = 1000;
    private const int ViolationsKeptMax = 20;

    private readonly List<string> _violations = [];
    private long _steps;

    /// <summary>What did not hold.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Notes that something does not hold.</summary>
    public void Violate(string what)
    {
        world.Log($"VIOLATION: {what}");
        if (_violations.Count < ViolationsKeptMax) _violations.Add($"at {world.Queue.Now / (double)TimeSpan.TicksPerSecond:F6} s: {what}");
    }

    /// <summary>A silo has taken a step.</summary>
    public void AfterStep(SimSilo silo)
    {
        if (!silo.IsUp) return;
        foreach (Segment segment in silo.Node.Copies)
        {
            if (segment.Replica is not { Role: not ReplicaRole.Joiner }) continue;
            world.Truth.Observe(segment);
            world.Primaries.AfterStep(silo, segment);
        }

        if (++_steps % FullEvery == 0) CheckAll();
    }

    /// <summary>A shard of the pool map was written.</summary>
    public void OnShard(PoolMapShard before, PoolMapShard after)
    {
        foreach (SegmentRow row in after.Rows)
        {
            SegmentRow? old = before.Find(row.Segment);
            if (old?.Epoch == row.Epoch)
            {
                if (!ReferenceEquals(old, row)) Violate($"segment {row.Segment}: its row of epoch {row.Epoch} was written over by another of the same epoch");
                continue;
            }

            world.Promises.OnRow(row);
            if (old is null) continue;
            world.Log($"row {row.Segment} epoch {row.Epoch} {row.State} primary {world.NameOf(row.Primary)} in sync [{string.Join(" ", row.InSync.Select(world.NameOf))}] joiner {world.NameOf(row.Joiner)} starts at {row.StartsAt}");
            if (row.Epoch != old.Epoch + 1) Violate($"segment {row.Segment}: its row went from epoch {old.Epoch} to {row.Epoch}");
            world.Members.OnRow(old, row);
            if (row.State != SegmentState.Lost) continue;
            world.Primaries.OnLost(row.Segment);
            CheckLost(old);
        }
    }

    /// <summary>Looks at everything.</summary>
    public void CheckAll()
    {
        foreach (SimSilo silo in world.Silos)
        {
            if (!silo.IsUp) continue;
            foreach (Segment segment in silo.Node.Copies) CheckSegment(silo, segment);
            CheckCache(silo);
        }
    }

    private void CheckCache(SimSilo silo)
    {
        try
        {
            silo.BlockCache?.CheckIntegrity();
        }
        catch (InvalidOperationException broken)
        {
            Violate($"the cache of silo {silo.Place}: {broken.Message}");
        }
    }

    private void CheckSegment(SimSilo silo, Segment segment)
    {
        if (segment.Replica is not { } replica || replica.Role is ReplicaRole.Joiner or ReplicaRole.Retired) return;
        try
        {
            segment.CheckIntegrity();
        }
        catch (SegmentFaultException fault)
        {
            Violate($"segment {segment.Id} on silo {silo.Place}: {fault.Message}");
        }

        world.Members.CheckContents(silo, segment);
    }

    private void CheckLost(SegmentRow last)
    {
        foreach (NodeId member in last.InSync)
        {
            if (world.PlaceOf(member.Silo) is not { } place) continue;
            SimSilo silo = world.Silos[place];
            if (silo.IsUp && silo.Id == member && world.Membership.StateOf(member.Silo) != SiloState.Dead)
            {
                Violate($"segment {last.Segment} was declared lost, and its member {world.NameOf(member)} is alive");
            }
        }
    }
}
