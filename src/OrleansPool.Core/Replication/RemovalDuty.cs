using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 6: who leaves the in-sync members. One that is dead; one that asks to; and one that is silent, but only as far as this node can
/// know that the silence is the other's: it was not paused itself, it has read the root since, and it hears most of the cluster.
/// </summary>
internal sealed class RemovalDuty(Replica replica)
{
    private Tick _elapsedAt = new(long.MinValue / 2);
    private Tick _suspectsSince = Tick.Never;

    /// <summary>Whose removal was proposed last.</summary>
    public NodeId Proposed { get; private set; }

    /// <summary>Looks for one to remove, and proposes the row without it.</summary>
    public void Elapse(Tick now, Outbox outbox)
    {
        ReplicationTimes times = replica.Standing.Times;
        bool wasPaused = now - _elapsedAt > times.Silence;
        _elapsedAt = now;
        bool suspects = false;
        foreach (BackupProgress member in replica.Primary.Members)
        {
            if (wasPaused) Forgive(member, now);
            bool isGone = replica.Standing.IsDead(member.Node, replica.Row.MembershipVersion) || member.Consents;
            bool isSilent = !isGone && IsSilent(member, now);
            suspects |= isSilent;
            if (!isGone && !(isSilent && IsSure(member, now, outbox))) continue;
            if (!replica.Row.Has(member.Node) && replica.Row.Joiner != member.Node) continue;
            if (!isGone && replica.Row.Has(member.Node) && replica.Row.InSync.Length <= replica.Standing.InSyncMin) continue;
            Proposed = member.Node;
            replica.Primary.Propose(Without(member.Node), outbox);
            return;
        }

        if (!suspects) _suspectsSince = Tick.Never;
    }

    private SegmentRow Without(NodeId gone)
    {
        SegmentRow next = replica.Row.Next(replica.Standing.View.Version);
        return next with
        {
            InSync = SegmentRow.Without(next.InSync, gone),
            Joiner = next.Joiner == gone ? default : next.Joiner,
        };
    }

    private static void Forgive(BackupProgress member, Tick now)
    {
        member.Link.HeardAt = Tick.Max(member.Link.HeardAt, now);
        if (member.OwesSince != Tick.Never) member.OwesSince = now;
    }

    private bool IsSilent(BackupProgress member, Tick now)
    {
        TimeSpan silence = replica.Standing.Times.Silence;
        return now >= member.Link.HeardAt + silence || (member.OwesSince != Tick.Never && now >= member.OwesSince + silence);
    }

    /// <summary>Whether the silence is the other's. Asks for what is still to be known.</summary>
    private bool IsSure(BackupProgress member, Tick now, Outbox outbox)
    {
        Standing standing = replica.Standing;
        if (_suspectsSince == Tick.Never) _suspectsSince = now;
        standing.WantsRootSince = Tick.Max(standing.WantsRootSince, _suspectsSince);
        standing.WantsEverybodyUntil = now + standing.Times.Silence;
        if (standing.Authority.RootReadAt < _suspectsSince || standing.Authority.IsExpelled) return false;
        if (replica.Row.Joiner == member.Node) return true;
        (int heard, int count) = standing.CountHeard(now);
        if (heard * 2 > count) return true;
        outbox.Send(member.Node, new ConsentRequest(replica.Segment.Id, replica.Row.Epoch));
        return false;
    }
}
