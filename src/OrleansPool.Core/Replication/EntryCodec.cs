using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>Between a segment's log and what is sent of it. The bytes are those of the log, never those of the block, which may be newer or older.</summary>
internal static class EntryCodec
{
    /// <summary>Most operations that one message carries.</summary>
    public const int CountMax = 16;

    /// <summary>Most bytes of the operations that one message carries, unless it carries a single one, which may have those of a whole block.</summary>
    public const int BytesMax = 256 << 10;

    /// <summary>The entries of a log from one sequence to another, as many as one message may carry; none where the first is not there any more.</summary>
    public static StreamEntry[] Read(OperationLog log, ulong first, ulong last)
    {
        if (first > last || !log.Has(first)) return [];
        int count = 0;
        long byteCount = 0;
        for (ulong sequence = first; sequence <= last && count < CountMax && (count == 0 || byteCount + log[sequence].ByteLength <= BytesMax); sequence++)
        {
            byteCount += log[sequence].ByteLength;
            count++;
        }

        var entries = new StreamEntry[count];
        for (int i = 0; i < count; i++)
        {
            ref LogEntry entry = ref log[first + (ulong)i];
            entries[i] = new StreamEntry(
                entry.Sequence, entry.Epoch, entry.Request, entry.Value, entry.Block, entry.Offset, entry.Kind, entry.Status,
                entry.ByteLength == 0 ? default : log.BytesOf(entry).ToArray());
        }

        return entries;
    }

    /// <summary>Appends a received entry, exactly as it was logged.</summary>
    /// <returns>False when the log has no room.</returns>
    public static bool TryAppend(OperationLog log, in StreamEntry received)
    {
        if (!log.TryAppend(received.Kind, received.Epoch, received.Bytes.Length, out ulong sequence, out Span<byte> bytes)) return false;
        SegmentFaultException.ThrowUnless(sequence == received.Sequence, "a replica takes the stream in order");
        received.Bytes.Span.CopyTo(bytes);
        ref LogEntry entry = ref log[sequence];
        entry.Session = received.Request.Session;
        entry.Number = received.Request.Number;
        entry.Lead = (byte)(received.Request.Number - received.Request.LowestUnanswered);
        entry.Value = received.Value;
        entry.Block = received.Block;
        entry.Offset = received.Offset;
        entry.Status = received.Status;
        return true;
    }
}
