using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// What a backup does, and a joiner once it has its snapshot: takes the stream in order, applies it at once, and says how far it is. It
/// serves nobody, so nobody sees what is not committed yet; it takes nothing out again, so what it acknowledged stays.
/// </summary>
internal sealed class BackupDuty(Replica replica)
{
    /// <summary>Takes a run of the stream and acknowledges all it has.</summary>
    public void Take(NodeId from, Wire.Replicate message, Tick now, Outbox outbox)
    {
        if (from != replica.Row.Primary && !Mutant.Is(Mutation.NoEpochCheck)) return;
        OperationLog log = replica.Segment.Log;

        // First the commit point, which makes room in the log.
        LearnCommitted(message.CommittedSequence);
        foreach (StreamEntry entry in message.Entries)
        {
            if (entry.Sequence <= log.Last)
            {
                bool isSame = !log.Has(entry.Sequence) || log[entry.Sequence].Epoch == entry.Epoch;
                if (Mutant.Is(Mutation.NoEpochCheck)) continue;
                SegmentFaultException.ThrowUnless(isSame, "one stream: members that have an operation of a sequence have the same");
                continue;
            }

            if (entry.Sequence > log.Last + 1 || !TryTake(entry, now, outbox)) break;
        }

        LearnCommitted(message.CommittedSequence);
        ulong had = Mutant.Is(Mutation.AckBeforeHaving) && message.Entries.Length > 0 ? message.Entries[^1].Sequence : log.Last;
        outbox.Send(from, new ReplicateAck(replica.Segment.Id, replica.Row.Epoch, had, replica.Copy));
    }

    /// <summary>Appends and applies one operation.</summary>
    /// <returns>False when it cannot be taken yet: the log is full, or blocks that it takes are being zeroed.</returns>
    public bool TryTake(in StreamEntry entry, Tick now, Outbox outbox)
    {
        Segment segment = replica.Segment;
        if (entry.Kind == OperationKind.Alloc)
        {
            AllocRecord.Read(entry.Bytes.Span, out _, out _, out _, out ReadOnlySpan<BlockRun> runs);
            if (!segment.Leases.Supply.TryReserve(runs) && !Mutant.Is(Mutation.AllocBeforeZeroed)) return false;
            if (!EntryCodec.TryAppend(segment.Log, entry))
            {
                segment.Leases.Supply.Unreserve(runs);
                return false;
            }
        }
        else if (!EntryCodec.TryAppend(segment.Log, entry))
        {
            return false;
        }

        bool appliesBytes = replica.Joiner is not { } joiner || joiner.HasCopied(entry.Block);
        segment.Stream.ApplyReceived(entry.Sequence, now, outbox, appliesBytes);
        return true;
    }

    /// <summary>The primary means to hand the segment over: the leases of all others are wanted.</summary>
    public void Prepare(NodeId from, Tick now, Outbox outbox)
    {
        bool holdsAll = true;
        foreach (NodeId member in replica.Row.InSync)
        {
            if (member == replica.Standing.Self) continue;
            PeerLink link = replica.Standing.Peers[member];
            link.WantedUntil = now + replica.Standing.Times.Silence;
            holdsAll &= link.HeldUntil > now;
        }

        if (holdsAll) outbox.Send(from, new MoveReady(replica.Segment.Id, replica.Row.Epoch));
    }

    /// <summary>Every operation up to some sequence is committed, as far as it is here.</summary>
    public void LearnCommitted(ulong committed)
    {
        OperationLog log = replica.Segment.Log;
        ulong known = Math.Min(committed, log.Last);
        for (ulong sequence = log.Committed + 1; sequence <= known; sequence++) log[sequence].IsCommitted = true;
        if (known > log.Committed) log.CommitTo(known);
    }
}
