using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Transport.Client;

/// <summary>Reads answers into the memory of whoever asked. An answer that makes no sense fails its request, and nothing else.</summary>
internal static class AnswerReader
{
    /// <summary>Reads one.</summary>
    /// <returns>False when it does not fit the request.</returns>
    public static bool TryRead(PendingOperation operation, FrameType type, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        if (type != operation.AnswerType && type != FrameType.Error) return false;
        switch (type)
        {
            case FrameType.ReadReply:
                return TryReadOne(operation, fields, payload);
            case FrameType.WriteReply:
                var reader = new FieldReader(fields);
                operation.Filled(WriteFrame.ReadReply(ref reader));
                return !reader.IsBroken;
            case FrameType.ReadBatchReply:
                return TryReadBatch(operation, fields, payload);
            case FrameType.WriteBatchReply:
                return TryReadChanges(operation, fields, payload);
            case FrameType.Error:
                Refusal refusal = Refusal.Read(fields);
                bool isUntouched = refusal.Reason is not (RefusalReason.Fault or RefusalReason.Unknown);
                operation.Failed(new ConnectionLostException($"The node refused the request: {refusal.Message}.", refusal.Reason, isUntouched));
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadOne(PendingOperation operation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        var reader = new FieldReader(fields);
        BlockReadReply reply = ReadFrame.ReadReply(ref reader);
        int expected = reply.Status == OperationStatus.Ok ? operation.Destination.Length : 0;
        if (reader.IsBroken || payload.Length != expected) return false;
        payload.CopyTo(operation.Destination.Span);
        operation.Filled(new BlockWriteReply(reply.Status, reply.Version, 0));
        return true;
    }

    private static bool TryReadBatch(PendingOperation operation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        Span<BlockReadReply> replies = operation.ReadReplies.Span;
        if (!BatchFrame.TryReadCount(fields, payload.Length, ReadFrame.ReplyFieldsLength, out int count) || count != replies.Length) return false;
        ReadOnlySpan<Memory<byte>> places = operation.Places.Span;
        var reader = new FieldReader(payload);
        long byteCount = 0;
        for (int i = 0; i < count; i++)
        {
            replies[i] = ReadFrame.ReadReply(ref reader);
            if (replies[i].Status == OperationStatus.Ok) byteCount += places[i].Length;
        }

        ReadOnlySpan<byte> bytes = reader.Rest;
        if (bytes.Length != byteCount) return false;
        for (int i = 0; i < count; i++)
        {
            if (replies[i].Status != OperationStatus.Ok) continue;
            bytes[..places[i].Length].CopyTo(places[i].Span);
            bytes = bytes[places[i].Length..];
        }

        operation.Filled(new BlockWriteReply(OperationStatus.Ok, 0, byteCount));
        return true;
    }

    private static bool TryReadChanges(PendingOperation operation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        Span<BlockWriteReply> replies = operation.WriteReplies.Span;
        if (!BatchFrame.TryReadCount(fields, payload.Length, WriteFrame.ReplyFieldsLength, out int count) || count != replies.Length) return false;
        var reader = new FieldReader(payload);
        for (int i = 0; i < count; i++) replies[i] = WriteFrame.ReadReply(ref reader);
        operation.Filled(new BlockWriteReply(OperationStatus.Ok, 0, count));
        return true;
    }
}
