namespace OrleansPool.Core.Replication;

/// <summary>
/// Rules 7 and 10, at the level of the node: what happens to rows whose primary is dead. A surviving member takes the row; where none
/// survives, anybody declares the segment lost. Both first write the dead into the root, so that they stop, and are refused promises, before
/// anything rests on their being gone. No coordinator: survivors act themselves, and compare-and-swap chooses.
/// </summary>
internal sealed class Succession(Standing standing, MapKeeper map)
{
    private readonly Dictionary<SegmentId, Tick> _noticedAt = [];

    /// <summary>Looks at every row, because somebody may have died.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="isMember">Whether this node has an in-sync copy of a segment.</param>
    /// <returns>Whether something is left to do, so that this must be called again soon.</returns>
    public bool Review(Tick now, Func<SegmentRow, bool> isMember)
    {
        bool isUnfinished = false;
        foreach (SegmentRow row in map.Rows.Values)
        {
            ExpelPredecessors(row);
            if (row.State != SegmentState.Active || !IsDead(row, row.Primary))
            {
                _noticedAt.Remove(row.Segment);
                continue;
            }

            isUnfinished = true;
            if (map.IsProposing(row.Segment)) continue;
            NodeId[] candidates = Mutant.Is(Mutation.JoinerIsElectable) && row.Joiner != default ? [.. row.InSync, row.Joiner] : row.InSync;
            NodeId[] alive = Array.FindAll(candidates, member => !IsDead(row, member));
            if (alive.Length > 0 && !(Array.IndexOf(alive, standing.Self) >= 0 && isMember(row)))
            {
                ReadNowAndThen(row, now);
                continue;
            }

            if (!IsMyTurn(row, alive, now)) continue;
            if (!IsExpelled(alive.Length > 0 ? [row.Primary] : row.InSync)) continue;
            map.Propose(new RowChange(alive.Length > 0 ? TakenOver(row, alive) : Lost(row)));
        }

        return isUnfinished;
    }

    /// <summary>
    /// An earlier life at this node's own address is over, which this node knows better than membership: a restart in the same second looks
    /// to it like the same silo.
    /// </summary>
    private void ExpelPredecessors(SegmentRow row)
    {
        foreach (NodeId member in row.InSync)
        {
            if (member != standing.Self && member.Silo.Equals(standing.Self.Silo) && !Mutant.Is(Mutation.PredecessorLivesOn)) map.Expel(member);
        }
    }

    /// <summary>Somebody else should have taken the row: it may have changed without this node's hearing of it.</summary>
    private void ReadNowAndThen(SegmentRow row, Tick now)
    {
        if (!_noticedAt.TryGetValue(row.Segment, out Tick noticed)) _noticedAt.Add(row.Segment, now);
        else if (now >= noticed + standing.Times.Silence)
        {
            map.WantRead(row.Segment);
            _noticedAt[row.Segment] = now;
        }
    }

    private SegmentRow TakenOver(SegmentRow row, NodeId[] alive) =>
        row.Next(standing.View.Version) with { Primary = standing.Self, InSync = alive, Joiner = default };

    private SegmentRow Lost(SegmentRow row) =>
        row.Next(standing.View.Version) with { State = SegmentState.Lost, LostMembers = row.InSync, InSync = [], Primary = default, Joiner = default };

    /// <summary>Survivors do not all rush at once: each waits a little for those who come before it.</summary>
    private bool IsMyTurn(SegmentRow row, NodeId[] alive, Tick now)
    {
        if (!_noticedAt.TryGetValue(row.Segment, out Tick noticed)) _noticedAt.Add(row.Segment, noticed = now);
        int rank = Math.Max(0, Array.IndexOf(alive, standing.Self));
        if (alive.Length == 0)
        {
            foreach ((SiloAddress silo, SiloState state) in standing.View.Silos)
            {
                if (state == SiloState.Active && silo.CompareTo(standing.Self.Silo) < 0) rank++;
            }
        }

        return now >= noticed + (standing.Times.HeartbeatInterval * rank);
    }

    private bool IsExpelled(NodeId[] dead)
    {
        if (Mutant.Is(Mutation.TakeoverWithoutExpelling)) return true;
        bool all = true;
        foreach (NodeId node in dead)
        {
            if (standing.Root.HasExpelled(node)) continue;
            map.Expel(node);
            all = false;
        }

        return all;
    }

    private bool IsDead(SegmentRow row, NodeId member) => standing.IsDead(member, row.MembershipVersion);
}
