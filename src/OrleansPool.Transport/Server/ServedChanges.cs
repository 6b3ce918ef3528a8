using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>The changes of one connection. The service gets their bytes where they were received, and holds that buffer until it is done.</summary>
internal sealed class ServedChanges(ServedConnection connection, IDataService service)
{
    /// <summary>Batches up to this many changes reuse the connection's memory.</summary>
    private const int BatchItemsKept = 128;

    private BlockWrite[]? _writes;
    private BlockWriteReply[]? _replies;
    private bool _isBatchUnderWay;

    public void Change(in FrameHeader header, ReadOnlySpan<byte> fields)
    {
        var reader = new FieldReader(fields);
        BlockWrite write = WriteFrame.Read(ref reader);
        if (reader.IsBroken || !IsSound(write) || WriteFrame.TypeOf(write.Kind) != header.Type || ByteCountOf(write) != header.PayloadLength)
        {
            connection.Refuse(header.Correlation, RefusalReason.Malformed, "the change makes no sense");
            return;
        }

        if (!connection.TryPutOff(header.Correlation)) return;
        ValueTask<BlockWriteReply> change;
        try
        {
            change = service.WriteAsync(connection.Caller, write, connection.Receiver.PayloadMemory(header));
        }
        catch (Exception e)
        {
            change = ValueTask.FromException<BlockWriteReply>(e);
        }

        if (!change.IsCompletedSuccessfully)
        {
            _ = AwaitChangeAsync(header.Correlation, change, connection.Receiver.HoldBuffer());
            return;
        }

        var answer = new WriteAnswer(header.Correlation, change.Result);
        connection.Append(ref answer);
        connection.EndPutOff();
    }

    public void ChangeBatch(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        if (!BatchFrame.TryReadCount(fields, payload.Length, WriteFrame.FieldsLength, out int count))
        {
            connection.Refuse(header.Correlation, RefusalReason.Malformed, "the batch of changes makes no sense");
            return;
        }

        bool isKept = count <= BatchItemsKept && !Volatile.Read(ref _isBatchUnderWay);
        BlockWrite[] writes = isKept ? _writes ??= new BlockWrite[BatchItemsKept] : new BlockWrite[count];
        if (!TryRead(payload, writes.AsSpan(0, count)))
        {
            connection.Refuse(header.Correlation, RefusalReason.Malformed, "the batch of changes does not have the bytes that it writes, no more and no less");
            return;
        }

        if (!connection.TryPutOff(header.Correlation)) return;
        Memory<BlockWriteReply> replies = (isKept ? _replies ??= new BlockWriteReply[BatchItemsKept] : new BlockWriteReply[count]).AsMemory(0, count);
        ReadOnlyMemory<byte> bytes = connection.Receiver.PayloadMemory(header)[(count * WriteFrame.FieldsLength)..];
        ValueTask change;
        try
        {
            change = service.WriteAsync(connection.Caller, writes.AsMemory(0, count), bytes, replies);
        }
        catch (Exception e)
        {
            change = ValueTask.FromException(e);
        }

        if (change.IsCompletedSuccessfully)
        {
            var answer = new WriteBatchAnswer(header.Correlation, replies);
            connection.Append(ref answer);
            connection.EndPutOff();
            return;
        }

        if (isKept) Volatile.Write(ref _isBatchUnderWay, true);
        _ = AwaitBatchAsync(header.Correlation, change, replies, connection.Receiver.HoldBuffer(), isKept);
    }

    private static int ByteCountOf(in BlockWrite write) => write.Kind == BlockWriteKind.Write ? write.Count : 0;

    private static bool IsSound(in BlockWrite write) => write.Kind <= BlockWriteKind.Add && ByteCountOf(write) >= 0;

    private static bool TryRead(ReadOnlySpan<byte> payload, Span<BlockWrite> writes)
    {
        var reader = new FieldReader(payload);
        long byteCount = 0;
        foreach (ref BlockWrite write in writes)
        {
            write = WriteFrame.Read(ref reader);
            if (!IsSound(write)) return false;
            byteCount += ByteCountOf(write);
        }

        return byteCount == reader.Rest.Length;
    }

    private async Task AwaitChangeAsync(ulong correlation, ValueTask<BlockWriteReply> change, InputBuffer buffer)
    {
        try
        {
            BlockWriteReply reply = await change.ConfigureAwait(false);
            connection.Send(new WriteAnswer(correlation, reply));
        }
        catch (Exception e)
        {
            connection.Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            connection.EndPutOff();
            buffer.Release();
        }
    }

    private async Task AwaitBatchAsync(ulong correlation, ValueTask change, Memory<BlockWriteReply> replies, InputBuffer buffer, bool isKept)
    {
        try
        {
            await change.ConfigureAwait(false);
            connection.Send(new WriteBatchAnswer(correlation, replies));
        }
        catch (Exception e)
        {
            connection.Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            if (isKept) Volatile.Write(ref _isBatchUnderWay, false);
            connection.EndPutOff();
            buffer.Release();
        }
    }
}
