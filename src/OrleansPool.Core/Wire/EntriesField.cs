using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>
/// How a run of the stream stands in a payload: how many entries, how long the head of each is, the heads, and then the bytes of all of
/// them in the same order. A later version may make heads longer.
/// </summary>
internal static class EntriesField
{
    /// <summary>Most entries.</summary>
    public const int CountMax = EntryCodec.CountMax;

    private const int HeadLength = (6 * sizeof(ulong)) + (3 * sizeof(int)) + (2 * sizeof(byte));

    public static int LengthOf(StreamEntry[] entries)
    {
        int length = sizeof(int) + sizeof(ushort) + (entries.Length * HeadLength);
        foreach (ref readonly StreamEntry entry in entries.AsSpan()) length += entry.Bytes.Length;
        return length;
    }

    public static void Write(ref FieldWriter writer, StreamEntry[] entries)
    {
        writer.Int32(entries.Length);
        writer.UInt16(HeadLength);
        foreach (ref readonly StreamEntry entry in entries.AsSpan())
        {
            writer.UInt64(entry.Sequence);
            writer.UInt64(entry.Epoch);
            writer.UInt64(entry.Request.Session);
            writer.UInt64(entry.Request.Number);
            writer.UInt64(entry.Request.LowestUnanswered);
            writer.Int64(entry.Value);
            writer.Int32(entry.Block);
            writer.Int32(entry.Offset);
            writer.Byte((byte)entry.Kind);
            writer.Byte((byte)entry.Status);
            writer.Int32(entry.Bytes.Length);
        }

        foreach (ref readonly StreamEntry entry in entries.AsSpan()) writer.Raw(entry.Bytes.Span);
    }

    public static StreamEntry[] Read(ref MessageReader reader)
    {
        int count = reader.Payload.Count(CountMax, HeadLength);
        int headLength = reader.Payload.UInt16();
        if (headLength < HeadLength) reader.Payload.Break();
        ReadOnlySpan<byte> heads = reader.Payload.Raw(count * headLength);
        if (count == 0 || reader.IsBroken) return [];
        var entries = new StreamEntry[count];
        for (int i = 0; i < count && !reader.IsBroken; i++)
        {
            var head = new FieldReader(heads.Slice(i * headLength, headLength));
            entries[i] = new StreamEntry(
                head.UInt64(), head.UInt64(), new RequestId(head.UInt64(), head.UInt64(), head.UInt64()), head.Int64(), head.Int32(), head.Int32(),
                (OperationKind)head.Byte(), (OperationStatus)head.Byte(), reader.Bytes(head.Int32(), BlockSizes.BytesMax));
            if (!IsSound(entries[i]) || entries[i].Sequence != entries[0].Sequence + (ulong)i) reader.Payload.Break();
        }

        return entries;
    }

    /// <summary>Whether a log can hold it. Whether it makes sense after what came before is for the segment to say.</summary>
    private static bool IsSound(in StreamEntry entry) =>
        entry.Kind is >= OperationKind.Alloc and <= OperationKind.CloseSession && entry.Status <= OperationStatus.Unavailable
        && entry.Request.Number - entry.Request.LowestUnanswered <= byte.MaxValue;
}
