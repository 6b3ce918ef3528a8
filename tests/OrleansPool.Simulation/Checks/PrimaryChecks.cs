using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>
/// What a silo that serves a segment may do: alone; not once the loss of the segment counts anywhere; showing nothing that may not be committed; and
/// ending leases only after it could serve for as long as they last.
/// </summary>
internal sealed class PrimaryChecks(SimWorld world)
{
    /// <summary>Longer than a primary may take to look at its own leases.</summary>
    private static readonly TimeSpan LapseSeen = TimeSpan.FromMilliseconds(1100);

    private readonly Dictionary<Segment, Watch> _watched = [];
    private readonly HashSet<SegmentId> _lost = [];

    /// <summary>A segment was declared lost.</summary>
    public void OnLost(SegmentId segment) => _lost.Add(segment);

    /// <summary>A silo has taken a step.</summary>
    public void AfterStep(SimSilo silo, Segment segment)
    {
        Replica replica = segment.Replica!;
        bool serves = replica.IsOpen && segment.MayServe(silo.Now);
        if (serves) CheckAlone(silo, segment);
        if (replica.Role == ReplicaRole.Backup)
        {
            _watched.Remove(segment);
            return;
        }

        if (!_watched.TryGetValue(segment, out Watch? watch)) _watched.Add(segment, watch = new Watch { Last = segment.Log.Last, Role = replica.Role });
        if (replica.Role == ReplicaRole.Successor && segment.MayServe(silo.Now)) CheckTail(silo, segment);
        if (replica.Role == ReplicaRole.Primary && watch.Role == ReplicaRole.Successor) world.Promises.OnOpened(silo, segment);
        CheckLogged(silo, segment, watch, serves);
        watch.Role = replica.Role;
    }

    /// <summary>Nobody else may commit, or answer, while this silo may.</summary>
    private void CheckAlone(SimSilo silo, Segment segment)
    {
        bool isLost = _lost.Contains(segment.Id);
        foreach (SimSilo other in world.Silos)
        {
            if (other == silo || !other.IsUp) continue;
            if (isLost && other.Node.IsLost(segment.Id, other.Now) && !world.Swarm.ClocksAreBroken)
            {
                world.Invariants.Violate($"segment {segment.Id}: silo {silo.Place} in epoch {segment.Replica!.Row.Epoch} may serve, and for silo {other.Place} it is lost");
            }

            if (other.Node.Segments.TryGetValue(segment.Id, out Segment? copy) && copy.Replica is { IsOpen: true } replica && copy.MayServe(other.Now))
            {
                world.Invariants.Violate($"segment {segment.Id}: silo {silo.Place} in epoch {segment.Replica!.Row.Epoch} and silo {other.Place} in epoch {replica.Row.Epoch} may both serve");
            }
        }
    }

    /// <summary>A new primary may show what is committed before it opens, and nothing else.</summary>
    private void CheckTail(SimSilo silo, Segment segment)
    {
        OperationLog log = segment.Log;
        ulong known = world.Truth.Find(segment.Id)?.Last ?? 0;
        for (ulong sequence = Math.Max(known, log.Committed) + 1; sequence <= log.Last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            if (entry.IsCommitted || !entry.ChangesBytes) continue;
            if (!segment.Peek(entry.Block, segment.Store[entry.Block].Generation, out ReadTicket ticket) || !segment.Confirm(ticket, silo.Now)) continue;
            world.Invariants.Violate($"segment {segment.Id}: silo {silo.Place} has not opened it and shows block {entry.Block} with operation {sequence}, which nobody knows to be committed");
        }
    }

    private void CheckLogged(SimSilo silo, Segment segment, Watch watch, bool serves)
    {
        long now = world.Queue.Now;
        Replica replica = segment.Replica!;
        for (ulong sequence = watch.Last + 1; sequence <= segment.Log.Last && replica.Role == ReplicaRole.Primary; sequence++)
        {
            ref LogEntry entry = ref segment.Log[sequence];
            if (entry.Epoch != replica.Row.Epoch) continue;
            if (entry.Kind == OperationKind.Expire) CheckExpiry(silo, segment, entry, watch, serves);
            else if (entry.Kind != OperationKind.CloseSession && replica.Row.InSync.Length < world.Swarm.InSyncMin && watch.Epoch == replica.Row.Epoch)
            {
                world.Invariants.Violate($"segment {segment.Id}: silo {silo.Place} accepted operation {sequence} with {replica.Row.InSync.Length} copies");
            }
        }

        (watch.Last, watch.Epoch) = (segment.Log.Last, replica.Row.Epoch);
        if (!serves && watch.LapsedAt < 0) watch.LapsedAt = now;
        else if (serves && watch.LapsedAt >= 0)
        {
            if (now - watch.LapsedAt > LapseSeen.Ticks || watch.ServesSince < 0) watch.ServesSince = now;
            watch.LapsedAt = -1;
        }
    }

    /// <summary>Holders must have been able to renew: while nobody served, no lease runs out, and afterwards each lasts in full.</summary>
    private void CheckExpiry(SimSilo silo, Segment segment, in LogEntry entry, Watch watch, bool serves)
    {
        if (world.Swarm.ClocksAreBroken || world.Truth.Find(segment.Id)?.DurationOf(entry.Block) is not { } duration) return;
        bool hasLapsed = !serves && watch.LapsedAt >= 0;
        if (!hasLapsed && watch.ServesSince >= 0 && world.Queue.Now - watch.ServesSince >= duration.Ticks * 0.97) return;
        world.Invariants.Violate(
            $"segment {segment.Id}: silo {silo.Place} ended the lease of block {entry.Block}, which lasts {duration.TotalSeconds} s, {(hasLapsed || watch.ServesSince < 0 ? "while it could not serve" : $"after serving for {(world.Queue.Now - watch.ServesSince) / (double)TimeSpan.TicksPerSecond:F3} s")}");
    }

    private sealed class Watch
    {
        public ReplicaRole Role { get; set; }

        public ulong Last { get; set; }

        public ulong Epoch { get; set; }

        /// <summary>Since when it could serve, but for moments; -1 if it never could.</summary>
        public long ServesSince { get; set; } = -1;

        /// <summary>Since when it cannot; -1 while it can.</summary>
        public long LapsedAt { get; set; }
    }
}
