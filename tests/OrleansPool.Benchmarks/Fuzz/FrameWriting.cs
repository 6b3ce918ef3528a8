using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>Writes a frame with the encoder of its type.</summary>
internal static class FrameWriting
{
    /// <summary>The frame that says it.</summary>
    public static byte[] Write(FrameValue value)
    {
        if (value is { Items: [Message message] }) return Write(value, message);
        return value.Type switch
        {
            FrameType.Hello => ((Hello)value.Items[0]).ToFrame(),
            FrameType.Welcome => ((Welcome)value.Items[0]).ToFrame(),
            FrameType.Refusal or FrameType.Error => ((Refusal)value.Items[0]).ToFrame(value.Type, value.Correlation),
            FrameType.ReadBatch or FrameType.ReadBatchReply or FrameType.WriteBatch or FrameType.WriteBatchReply => Batch(value),
            _ => Request(value),
        };
    }

    private static byte[] Write(FrameValue value, Message message)
    {
        byte[] frame = new byte[MessageFrame.LengthMaxOf(message)];
        int length = MessageFrame.Write(message, value.Envelope.Sender, value.Envelope.Target, frame);
        FrameHeader.TryRead(frame, FrameHeader.FrameBytesMax, out FrameHeader header);
        (header with { Correlation = value.Correlation }).Write(frame);
        return frame[..length];
    }

    private static byte[] Request(FrameValue value)
    {
        int fieldsLength = value.Items.Length == 0 ? 0 : LengthOf(value.Items[0]);
        byte[] frame = new byte[FrameHeader.Size + fieldsLength + value.Bytes.Length];
        var writer = new FieldWriter(frame.AsSpan(FrameHeader.Size));
        foreach (object item in value.Items) Write(ref writer, item);
        writer.Raw(value.Bytes.Span);
        new FrameHeader(frame.Length, value.Type, FrameOptions.None, fieldsLength, value.Correlation, value.Epoch).Write(frame);
        return frame;
    }

    private static byte[] Batch(FrameValue value)
    {
        int itemsLength = value.Items.Length == 0 ? 0 : value.Items.Length * LengthOf(value.Items[0]);
        byte[] frame = new byte[FrameHeader.Size + BatchFrame.FieldsLength + itemsLength + value.Bytes.Length];
        var writer = new FieldWriter(frame.AsSpan(FrameHeader.Size));
        writer.Int32(value.Items.Length);
        foreach (object item in value.Items) Write(ref writer, item);
        writer.Raw(value.Bytes.Span);
        new FrameHeader(frame.Length, value.Type, FrameOptions.None, BatchFrame.FieldsLength, value.Correlation, value.Epoch).Write(frame);
        return frame;
    }

    private static int LengthOf(object item) => item switch
    {
        BlockRead => ReadFrame.FieldsLength,
        BlockReadReply => ReadFrame.ReplyFieldsLength,
        BlockWrite => WriteFrame.FieldsLength,
        _ => WriteFrame.ReplyFieldsLength,
    };

    private static void Write(ref FieldWriter writer, object item)
    {
        switch (item)
        {
            case BlockRead read:
                ReadFrame.Write(ref writer, read);
                break;
            case BlockReadReply reply:
                ReadFrame.WriteReply(ref writer, reply);
                break;
            case BlockWrite write:
                WriteFrame.Write(ref writer, write);
                break;
            case BlockWriteReply reply:
                WriteFrame.WriteReply(ref writer, reply);
                break;
        }
    }
}
