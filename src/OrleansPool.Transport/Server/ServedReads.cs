using System.Buffers;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OperationStatus = OrleansPool.Grains.OperationStatus;

namespace OrleansPool.Transport.Server;

/// <summary>The reads of one connection. What can be read at once goes from the block straight into the sender's room.</summary>
internal sealed class ServedReads(ServedConnection connection, IDataService service, int frameBytesMax)
{
    /// <summary>What stands before the bytes of an answer at most.</summary>
    private const int AnswerHeadMax = FrameHeader.Size + BatchFrame.FieldsLength + (BatchFrame.CountMax * ReadFrame.ReplyFieldsLength);

    public void Read(ulong correlation, ReadOnlySpan<byte> fields)
    {
        var reader = new FieldReader(fields);
        BlockRead read = ReadFrame.Read(ref reader);
        if (reader.IsBroken || !IsCountSound(read.Count))
        {
            connection.Refuse(correlation, RefusalReason.Malformed, "the read makes no sense");
            return;
        }

        var answer = new ReadAnswer(service, connection.Caller, correlation, read);
        connection.Append(ref answer);
        if (answer.IsPutOff && connection.TryPutOff(correlation)) _ = ReadLateAsync(correlation, read);
    }

    public void ReadBatch(ulong correlation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        if (!BatchFrame.TryReadCount(fields, payload.Length, ReadFrame.FieldsLength, out int count) || !TrySum(payload, count, out int byteCount))
        {
            connection.Refuse(correlation, RefusalReason.Malformed, "the batch of reads makes no sense, or brings more bytes than a frame has room for");
            return;
        }

        var answer = new ReadBatchAnswer(service, connection.Caller, correlation, payload, count, byteCount);
        connection.Append(ref answer);
        if (!answer.IsPutOff || !connection.TryPutOff(correlation)) return;
        var reads = new BlockRead[count];
        var reader = new FieldReader(payload);
        for (int i = 0; i < count; i++) reads[i] = ReadFrame.Read(ref reader);
        _ = ReadBatchLateAsync(correlation, reads, byteCount);
    }

    private async Task ReadLateAsync(ulong correlation, BlockRead read)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(read.Count);
        connection.Receiver.HoldBytes(read.Count);
        try
        {
            BlockReadReply reply = await service.ReadAsync(connection.Caller, read, bytes.AsMemory(0, read.Count)).ConfigureAwait(false);
            connection.Send(new LateReadAnswer(correlation, reply, bytes.AsMemory(0, read.Count)));
        }
        catch (Exception e)
        {
            connection.Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            connection.EndPutOff();
            connection.Receiver.ReleaseBytes(read.Count);
        }
    }

    private async Task ReadBatchLateAsync(ulong correlation, BlockRead[] reads, int byteCount)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(byteCount);
        connection.Receiver.HoldBytes(byteCount);
        try
        {
            var replies = new BlockReadReply[reads.Length];
            int written = 0;
            for (int i = 0; i < reads.Length; i++)
            {
                replies[i] = await service.ReadAsync(connection.Caller, reads[i], bytes.AsMemory(written, reads[i].Count)).ConfigureAwait(false);
                if (replies[i].Status == OperationStatus.Ok) written += reads[i].Count;
            }

            connection.Send(new LateReadBatchAnswer(correlation, replies, bytes.AsMemory(0, written)));
        }
        catch (Exception e)
        {
            connection.Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            connection.EndPutOff();
            connection.Receiver.ReleaseBytes(byteCount);
        }
    }

    private bool TrySum(ReadOnlySpan<byte> payload, int count, out int byteCount)
    {
        var reader = new FieldReader(payload);
        long sum = 0;
        byteCount = 0;
        for (int i = 0; i < count; i++)
        {
            int asked = ReadFrame.Read(ref reader).Count;
            if (!IsCountSound(asked)) return false;
            sum += asked;
        }

        byteCount = (int)Math.Min(sum, int.MaxValue);
        return IsCountSound(byteCount);
    }

    private bool IsCountSound(int count) => count >= 0 && count <= frameBytesMax - AnswerHeadMax;
}
