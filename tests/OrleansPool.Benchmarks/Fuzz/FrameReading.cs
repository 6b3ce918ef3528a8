using OrleansPool.Core.Wire;

namespace OrleansPool.Benchmarks.Fuzz;

/// <summary>Reads a frame with the decoder of its type.</summary>
internal static class FrameReading
{
    private delegate object? ItemReader(ref FieldReader reader);

    /// <summary>What the frame says; null if its decoder refuses it, or there is none for its type.</summary>
    public static FrameValue? Read(in FrameHeader header, ReadOnlyMemory<byte> frame)
    {
        ReadOnlySpan<byte> fields = frame.Span.Slice(FrameHeader.Size, header.FieldsLength);
        ReadOnlyMemory<byte> payload = frame[(FrameHeader.Size + header.FieldsLength)..];
        if (FrameTypes.IsMessage(header.Type))
        {
            return MessageFrame.TryRead(header, fields, payload, out MessageEnvelope envelope, out Message? message)
                ? new FrameValue(header.Type, header.Correlation, header.Epoch, envelope, [message], default)
                : null;
        }

        return header.Type switch
        {
            FrameType.Hello => Hello.TryRead(fields, payload.Span, out Hello? hello) ? One(header, hello) : null,
            FrameType.Welcome => Welcome.TryRead(fields, out Welcome? welcome) ? One(header, welcome) : null,
            FrameType.Refusal or FrameType.Error => One(header, Refusal.Read(fields)),
            FrameType.Ping or FrameType.Pong or FrameType.Drain => new FrameValue(header.Type, header.Correlation, header.Epoch, default, [], default),
            FrameType.Read => Request(header, fields, payload, static (ref reader) => ReadFrame.Read(ref reader)),
            FrameType.ReadReply => Request(header, fields, payload, static (ref reader) => ReadFrame.ReadReply(ref reader)),
            FrameType.Write or FrameType.CompareExchange or FrameType.Add =>
                Request(header, fields, payload, static (ref reader) => WriteFrame.Read(ref reader)),
            FrameType.WriteReply => Request(header, fields, payload, static (ref reader) => WriteFrame.ReadReply(ref reader)),
            FrameType.ReadBatch => Batch(header, fields, payload, ReadFrame.FieldsLength, static (ref reader) => ReadFrame.Read(ref reader)),
            FrameType.ReadBatchReply =>
                Batch(header, fields, payload, ReadFrame.ReplyFieldsLength, static (ref reader) => ReadFrame.ReadReply(ref reader)),
            FrameType.WriteBatch => Batch(header, fields, payload, WriteFrame.FieldsLength, static (ref reader) => WriteFrame.Read(ref reader)),
            FrameType.WriteBatchReply =>
                Batch(header, fields, payload, WriteFrame.ReplyFieldsLength, static (ref reader) => WriteFrame.ReadReply(ref reader)),
            _ => null,
        };
    }

    private static FrameValue One(in FrameHeader header, object item) => new(header.Type, header.Correlation, header.Epoch, default, [item], default);

    private static FrameValue? Request(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlyMemory<byte> payload, ItemReader read)
    {
        var reader = new FieldReader(fields);
        object? item = read(ref reader);
        return reader.IsBroken ? null : new FrameValue(header.Type, header.Correlation, header.Epoch, default, [item!], payload);
    }

    private static FrameValue? Batch(
        in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlyMemory<byte> payload, int itemLength, ItemReader read)
    {
        if (!BatchFrame.TryReadCount(fields, payload.Length, itemLength, out int count)) return null;
        var reader = new FieldReader(payload.Span);
        object[] items = new object[count];
        for (int i = 0; i < count; i++) items[i] = read(ref reader)!;
        return reader.IsBroken ? null : new FrameValue(header.Type, header.Correlation, header.Epoch, default, items, payload[^reader.Rest.Length..]);
    }
}
