using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Wire;

/// <summary>How blocks go to a joiner, and what it says to that. Payload: the images.</summary>
internal static class CopyFrame
{
    /// <summary>Length of an acknowledgement's fields.</summary>
    public const int AckFieldsLength = sizeof(ulong) + sizeof(int) + sizeof(byte);

    private const int FieldsLength = (2 * sizeof(ulong)) + (3 * sizeof(int));

    public static int LengthOf(CopyBlocks message) => FieldsLength + ImagesField.LengthOf(message.Blocks);

    public static void Write(ref MessageWriter writer, CopyBlocks message)
    {
        writer.Out.UInt64(message.Snapshot);
        writer.Out.Int32(message.Number);
        writer.Out.UInt64(message.AfterSequence);
        writer.Out.Int32(message.FirstBlock);
        writer.Out.Int32(message.EndBlock);
        writer.EndFields();
        ImagesField.Write(ref writer.Out, message.Blocks);
    }

    public static CopyBlocks? Read(ref MessageReader reader)
    {
        ulong snapshot = reader.Fields.UInt64();
        int number = reader.Fields.Int32();
        ulong afterSequence = reader.Fields.UInt64();
        int first = reader.Fields.Int32();
        int end = reader.Fields.Int32();
        if (number < 1 || first < 0 || first > end || end > SegmentGeometry.BlockCountMax) return null;
        return new CopyBlocks(
            reader.Segment, reader.Epoch, snapshot, number, afterSequence, first, end, ImagesField.Read(ref reader, first, end));
    }

    public static void Write(ref MessageWriter writer, CopyAck message)
    {
        writer.Out.UInt64(message.Snapshot);
        writer.Out.Int32(message.Number);
        writer.Out.Byte(message.IsStale ? (byte)1 : (byte)0);
    }

    public static CopyAck? ReadAck(ref MessageReader reader)
    {
        var ack = new CopyAck(
            reader.Segment, reader.Epoch, reader.Fields.UInt64(), reader.Fields.Int32(), reader.Fields.Byte() != 0);
        return ack.Number >= 0 ? ack : null;
    }
}
