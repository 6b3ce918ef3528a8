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
        foreach (Segment segment in silo.Node.Segments.Values)
        {
            if (segment.Replica is not { Role: not ReplicaRole.Joiner } replica) continue;
            world.Truth.Observe(segment);
            if (replica.IsOpen && segment.MayServe(silo.Now)) CheckAlone(silo, segment);
        }

        if (++_steps % FullEvery == 0) CheckAll();
    }

    /// <summary>A shard of the pool map was written.</summary>
    public void OnShard(PoolMapShard before, PoolMapShard after)
    {
        foreach (SegmentRow row in after.Rows)
        {
            SegmentRow? old = before.Find(row.Segment);
            if (old is null || old.Epoch == row.Epoch) continue;
            world.Log($"row {row.Segment} epoch {row.Epoch} {row.State} primary {world.NameOf(row.Primary)} in sync [{string.Join(" ", row.InSync.Select(world.NameOf))}] joiner {world.NameOf(row.Joiner)} starts at {row.StartsAt}");
            if (row.Epoch != old.Epoch + 1) Violate($"segment {row.Segment}: its row went from epoch {old.Epoch} to {row.Epoch}");
            if (row.State == SegmentState.Lost) CheckLost(old);
        }
    }

    /// <summary>Looks at everything.</summary>
    public void CheckAll()
    {
        foreach (SimSilo silo in world.Silos)
        {
            if (!silo.IsUp) continue;
            foreach (Segment segment in silo.Node.Segments.Values) CheckSegment(silo, segment);
        }
    }

    /// <summary>Nobody else may commit, or answer, while this silo may.</summary>
    private void CheckAlone(SimSilo silo, Segment segment)
    {
        foreach (SimSilo other in world.Silos)
        {
            if (other == silo || !other.IsUp || !other.Node.Segments.TryGetValue(segment.Id, out Segment? copy)) continue;
            if (copy.Replica is { IsOpen: true } replica && copy.MayServe(other.Now))
            {
                Violate($"segment {segment.Id}: silo {silo.Place} in epoch {segment.Replica!.Row.Epoch} and silo {other.Place} in epoch {replica.Row.Epoch} may both serve");
            }
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

        // Bytes can be held against the committed ones where nothing is pending.
        if (world.Truth.Find(segment.Id) is not { } stream || segment.Log.Committed != stream.Last || segment.Log.Last != stream.Last) return;
        for (int block = 0; block < segment.Geometry.BlockCount; block++)
        {
            bool isLeased = (segment.Store[block].Flags & BlockFlags.Leased) != 0;
            byte[]? image = stream.ImageOf(block);
            if (isLeased != image is not null) Violate($"segment {segment.Id} on silo {silo.Place} ({replica.Role}): block {block} is {(isLeased ? "" : "not ")}in a lease");
            else if (isLeased && !segment.Store.BytesOf(block).SequenceEqual(image)) Violate($"segment {segment.Id} on silo {silo.Place} ({replica.Role}): block {block} has other bytes than those committed");
        }
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
