using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 9, at the joiner: takes the snapshot, then the stream, and with it the blocks.
/// </summary>
/// <remarks>
/// An image holds every operation up to its moment. The stream may have gone on since it was made: what came after it is applied again from
/// this node's own log, onto the image. If the log does not reach back so far, the image is refused as stale and made anew. If the block's
/// lease is another by now, the image is of a holder that is gone: the block begins from zero, as every lease does.
/// </remarks>
internal sealed class JoinerDuty(Replica replica)
{
    private ReadOnlyMemory<byte>[] _parts = [];
    private ulong _sequence;
    private int _count;
    private int _copied;
    private int _number;

    /// <summary>The snapshot is in.</summary>
    public bool IsInstalled { get; private set; }

    /// <summary>A snapshot of another moment came: this copy must be thrown away and begun anew, by the node.</summary>
    public bool MustRestart { get; private set; }

    /// <summary>Whether a block's bytes are here.</summary>
    public bool HasCopied(int block) => block < _copied;

    public void Take(NodeId from, SnapshotPart part, Tick now, Outbox outbox)
    {
        if (IsInstalled && part.Sequence != _sequence)
        {
            MustRestart = part.Sequence > _sequence;
            return;
        }

        if (!IsInstalled)
        {
            if (part.Sequence < _sequence) return;
            if (part.Sequence != _sequence || _parts.Length != part.PartCount)
            {
                (_sequence, _count, _parts) = (part.Sequence, 0, new ReadOnlyMemory<byte>[part.PartCount]);
            }

            if (_parts[part.Part].IsEmpty) _count++;
            _parts[part.Part] = part.Bytes;
            if (_count == _parts.Length) Install(now);
        }

        outbox.Send(from, new SnapshotAck(part.Segment, replica.Row.Epoch, _sequence, IsInstalled ? part.PartCount : LeadingCount()));
    }

    public void Take(NodeId from, CopyBlocks copy, Tick now, Outbox outbox)
    {
        if (!IsInstalled || copy.Snapshot != _sequence || copy.Number > _number + 1) return;
        OperationLog log = replica.Segment.Log;
        bool isStale = false;
        if (copy.Number == _number + 1)
        {
            if (copy.AfterSequence > log.Last) return;
            isStale = copy.AfterSequence < log.Last && !log.Has(copy.AfterSequence + 1);
            if (!isStale)
            {
                Apply(copy);
                (_number, _copied) = (copy.Number, copy.EndBlock);
            }
        }

        outbox.Send(from, new CopyAck(copy.Segment, replica.Row.Epoch, _sequence, _number, isStale));
    }

    private void Apply(CopyBlocks copy)
    {
        BlockStore store = replica.Segment.Store;
        foreach (BlockImage image in copy.Blocks)
        {
            ref BlockRow row = ref store[image.Block];
            if ((row.Flags & BlockFlags.Leased) == 0) continue;
            if (BegunAfter(copy.AfterSequence, row.Head) != 0 && !Mutant.Is(Mutation.CopyIgnoresLease)) continue;
            store.Commit(image.Block, 0, image.Bytes.Span, Math.Max(image.Version, row.Version >> 1));
        }

        for (int block = copy.FirstBlock; block < copy.EndBlock && !Mutant.Is(Mutation.ImageOverNewerBytes); block++) ApplyLater(block, copy.AfterSequence);
    }

    /// <summary>Applies what the stream brought to a block after its image was made, or since its present lease began.</summary>
    private void ApplyLater(int block, ulong afterSequence)
    {
        Segment segment = replica.Segment;
        OperationLog log = segment.Log;
        ref BlockRow row = ref segment.Store[block];
        if ((row.Flags & BlockFlags.Leased) == 0) return;
        ulong first = Math.Max(afterSequence, BegunAfter(afterSequence, row.Head)) + 1;
        for (ulong sequence = first; sequence <= log.Last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            if (entry.Block != block || !entry.ChangesBytes) continue;
            segment.Store.Commit(block, entry.Offset, log.BytesOf(entry), Math.Max(sequence, row.Version >> 1));
        }
    }

    /// <summary>When a lease began, if that was after some moment of the stream; else 0.</summary>
    private ulong BegunAfter(ulong afterSequence, int head)
    {
        OperationLog log = replica.Segment.Log;
        for (ulong sequence = log.Last; sequence > afterSequence; sequence--)
        {
            if (log[sequence].Kind == OperationKind.Alloc && log[sequence].Block == head) return sequence;
        }

        return 0;
    }

    private void Install(Tick now)
    {
        int length = 0;
        foreach (ReadOnlyMemory<byte> part in _parts) length += part.Length;
        byte[] bytes = new byte[length];
        int at = 0;
        foreach (ReadOnlyMemory<byte> part in _parts)
        {
            part.CopyTo(bytes.AsMemory(at));
            at += part.Length;
        }

        SegmentSnapshot.Read(replica.Segment, bytes, now);
        replica.Segment.Log.BeginAfter(_sequence);
        replica.Copy = _sequence + 1;
        _parts = new ReadOnlyMemory<byte>[_parts.Length];
        IsInstalled = true;
    }

    /// <summary>How many parts are here before the first that is not.</summary>
    private int LeadingCount()
    {
        int count = 0;
        while (!_parts[count].IsEmpty) count++;
        return count;
    }
}
