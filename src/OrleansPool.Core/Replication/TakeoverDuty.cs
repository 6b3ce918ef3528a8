using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 7: how a member that the row names primary, after the one before it died, becomes one that serves.
/// </summary>
/// <remarks>
/// <para><em>Seal.</em> Every other in-sync member is told the row. From then on it takes nothing from an earlier primary, and says where its
/// stream ends. An operation that an earlier primary committed was acknowledged by this node too, so it is in this node's stream; what it
/// did not commit may be in some streams and not in others.</para>
/// <para><em>Equalise.</em> The longest stream wins. What this node lacks it fetches, then all others get what they lack. Nothing is truncated:
/// an operation that one member has may have been committed, for all this node knows.</para>
/// <para><em>Wait.</em> The earlier primary may be alive and serve reads for as long as it holds this node's promise, and those who cache
/// its blocks for as long again (<see cref="ReplicationTimes.TakeoverWait"/>). Until that is over no write may be accepted and nothing of
/// the tail may be shown. What the tail does not touch is the same there and here, and may be read at once.</para>
/// <para>The row was won by compare-and-swap, and before it the dead node was written into the root and refused any further promise, so
/// "since my last promise" is a fixed moment.</para>
/// </remarks>
internal sealed class TakeoverDuty(Replica replica)
{
    private readonly Dictionary<NodeId, (ulong Last, ulong Committed)> _sealed = [];
    private Tick _askedAt;
    private bool _isEqual;

    private Segment Segment => replica.Segment;

    private Standing Standing => replica.Standing;

    /// <summary>Starts, or starts again because the row has changed meanwhile. Who was sealed stays sealed.</summary>
    public void Begin(Tick now, Outbox outbox)
    {
        _isEqual = false;
        Ask(now, outbox);
    }

    public Tick WakeAt(Tick now) => now + Standing.Times.Resend;

    /// <summary>Takes the answer to a seal, or entries that were fetched.</summary>
    public void Receive(NodeId from, SegmentMessage message, Tick now, Outbox outbox)
    {
        if (message is SealReply reply)
        {
            if (replica.Row.Has(from)) _sealed[from] = (reply.LastSequence, reply.CommittedSequence);
            return;
        }

        foreach (StreamEntry entry in ((FetchedEntries)message).Entries)
        {
            if (entry.Sequence == Segment.Log.Last + 1 && !TryTake(entry, now, outbox)) break;
        }

        _askedAt = default;
    }

    public void Elapse(Tick now, Outbox outbox)
    {
        if (!IsSealed())
        {
            if (now >= _askedAt + Standing.Times.Resend) Ask(now, outbox);
            return;
        }

        if (Lacks(out NodeId longest))
        {
            if (now < _askedAt + Standing.Times.Resend) return;
            _askedAt = now;
            outbox.Send(longest, new FetchEntries(Segment.Id, replica.Row.Epoch, Segment.Log.Last + 1));
            return;
        }

        if (!_isEqual)
        {
            _isEqual = true;
            foreach ((NodeId member, (ulong last, _)) in _sealed) replica.Primary.Start(member, Mutant.Is(Mutation.SealedTakenForEqual) ? Segment.Log.Last : last);
            LetUntouchedBeRead();
            replica.Primary.Pump(now, outbox);
        }

        if (now < Standing.LastPromiseToExpelledEnds() && !Mutant.Is(Mutation.NoTakeoverWait)) return;
        if (!replica.Primary.AllHave(Segment.Log.Last) && !Mutant.Is(Mutation.OpensBeforeEqual)) return;
        replica.Open(now, outbox);
    }

    /// <summary>
    /// Takes an entry that was fetched. Where the log is full, what others know to be committed makes room: this node may have heard of that from
    /// nobody, and the primary that would have told it is dead.
    /// </summary>
    private bool TryTake(in StreamEntry entry, Tick now, Outbox outbox)
    {
        if (replica.Backup.TryTake(entry, now, outbox)) return true;
        replica.Backup.LearnCommitted(KnownCommitted());
        return replica.Backup.TryTake(entry, now, outbox);
    }

    /// <summary>The highest commit point that a sealed member told of.</summary>
    private ulong KnownCommitted()
    {
        ulong committed = 0;
        foreach ((_, ulong known) in _sealed.Values) committed = Math.Max(committed, known);
        return committed;
    }

    private bool IsSealed()
    {
        foreach (NodeId member in replica.Row.InSync)
        {
            if (member != Standing.Self && !_sealed.ContainsKey(member)) return false;
        }

        return true;
    }

    private bool Lacks(out NodeId longest)
    {
        longest = default;
        ulong last = Segment.Log.Last;
        if (Mutant.Is(Mutation.ShorterStreamWins)) return false;
        foreach (NodeId member in replica.Row.InSync)
        {
            if (member == Standing.Self || _sealed[member].Last <= last) continue;
            (longest, last) = (member, _sealed[member].Last);
        }

        return longest != default;
    }

    private void Ask(Tick now, Outbox outbox)
    {
        _askedAt = now;
        foreach (NodeId member in replica.Row.InSync)
        {
            if (member != Standing.Self && !_sealed.ContainsKey(member)) outbox.Send(member, new Seal(Segment.Id, replica.Row.Epoch, replica.Row));
        }
    }

    /// <summary>Blocks that no operation of the tail touches may be read; if one changes a lease, none.</summary>
    private void LetUntouchedBeRead()
    {
        OperationLog log = Segment.Log;
        ulong committed = Math.Max(log.Committed, Math.Min(KnownCommitted(), log.Last));
        var barred = new HashSet<int>();
        if (!Mutant.Is(Mutation.TailIsReadable))
        {
            for (ulong sequence = committed + 1; sequence <= log.Last; sequence++)
            {
                if (log[sequence].ChangesLease || log[sequence].Kind == OperationKind.Alloc) return;
                barred.Add(log[sequence].Block);
            }
        }

        Segment.SetRight(replica.Primary.NewRight(barred));
    }
}
