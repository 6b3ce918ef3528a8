using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>How a joiner gets what is not bytes of blocks, and what it says to that. Payload: the row, and the part.</summary>
internal static class SnapshotFrame
{
    /// <summary>Most parts of a snapshot. Bounds what a joiner keeps for those that have not come.</summary>
    public const int PartCountMax = 1 << 16;

    /// <summary>Length of an acknowledgement's fields.</summary>
    public const int AckFieldsLength = sizeof(ulong) + sizeof(int);

    private const int FieldsLength = sizeof(ulong) + (2 * sizeof(int));

    public static int LengthMaxOf(SnapshotPart message) =>
        FieldsLength + RowField.LengthMaxOf(message.Row) + sizeof(int) + message.Bytes.Length;

    public static void Write(ref MessageWriter writer, SnapshotPart message)
    {
        writer.Out.UInt64(message.Sequence);
        writer.Out.Int32(message.Part);
        writer.Out.Int32(message.PartCount);
        writer.EndFields();
        RowField.Write(ref writer.Out, message.Row);
        writer.Out.Bytes(message.Bytes.Span);
    }

    public static SnapshotPart? Read(ref MessageReader reader)
    {
        ulong sequence = reader.Fields.UInt64();
        int part = reader.Fields.Int32();
        int partCount = reader.Fields.Int32();
        if (part < 0 || part >= partCount || partCount > PartCountMax || !reader.TryRow(out SegmentRow? row)) return null;
        ReadOnlyMemory<byte> bytes = reader.Bytes(reader.Payload.Int32(), ReplicationTimes.PartBytesMax);
        return new SnapshotPart(reader.Segment, reader.Epoch, sequence, part, partCount, bytes, row);
    }

    public static void Write(ref MessageWriter writer, SnapshotAck message)
    {
        writer.Out.UInt64(message.Sequence);
        writer.Out.Int32(message.PartCount);
    }

    public static SnapshotAck? ReadAck(ref MessageReader reader)
    {
        var ack = new SnapshotAck(reader.Segment, reader.Epoch, reader.Fields.UInt64(), reader.Fields.Int32());
        return ack.PartCount is >= -1 and <= PartCountMax ? ack : null;
    }
}
