using System.Buffers;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;
using OperationStatus = OrleansPool.Grains.OperationStatus;

namespace OrleansPool.Transport.Server;

/// <summary>
/// The node's end of one connection: requests are carried out in the order in which they come, on the thread that receives them, as far
/// as that is possible at once; the others answer when they are done.
/// </summary>
/// <remarks>What cannot be carried out as it stands fails that request by <see cref="FrameType.Error"/>; only what shows that the two ends
/// have lost step ends the connection.</remarks>
internal sealed class ServedConnection : IFrameHandler
{
    private readonly IDataService _service;
    private readonly Principal _caller;
    private readonly TransportOptions _options;
    private readonly FrameSender _sender;
    private readonly Action<ServedConnection, RefusalReason, string> _ended;
    private BlockWrite[]? _writes;
    private BlockWriteReply[]? _replies;
    private bool _isBatchUnderWay;
    private int _putOffCount;

    /// <summary>Batches up to this many changes reuse the connection's memory.</summary>
    private const int BatchItemsKept = 128;

    /// <summary>What stands before the bytes of an answer at most.</summary>
    private const int AnswerHeadMax = FrameHeader.Size + BatchFrame.FieldsLength + (BatchFrame.CountMax * ReadFrame.ReplyFieldsLength);

    public ServedConnection(
        IByteChannel channel, IDataService service, Principal caller, Lane lane, TransportOptions options,
        Action<ServedConnection, RefusalReason, string> ended)
    {
        _service = service;
        _caller = caller;
        _options = options;
        _ended = ended;
        Lane = lane;
        _sender = new FrameSender(channel, options);
        Receiver = new FrameReceiver(channel, _sender, this, options);
        Receiver.Attach();
    }

    /// <summary>What the connection carries.</summary>
    public Lane Lane { get; }

    /// <summary>Who is at the other end.</summary>
    public Principal Caller => _caller;

    /// <summary>Its way in.</summary>
    public FrameReceiver Receiver { get; }

    public bool IsFull => _sender.PendingBytes + Receiver.HeldBytes >= _options.PendingBytesMax;

    /// <summary>Requests that are under way.</summary>
    public int PutOffCount => Volatile.Read(ref _putOffCount);

    /// <summary>Bytes that are not sent yet.</summary>
    public long PendingBytes => _sender.PendingBytes;

    /// <summary>Tells the other end that the node is about to leave.</summary>
    public void Drain() => Send(new ShortFrame(FrameType.Drain, correlation: 0));

    public IContinuation? OnFrame(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        try
        {
            Handle(header, fields, payload);
        }
        catch (Exception e)
        {
            // Of the service: this thread serves others too.
            Refuse(header.Correlation, RefusalReason.Fault, e.Message);
        }

        return null;
    }

    public void OnEnded(RefusalReason reason, string message) => _ended(this, reason, message);

    private void Handle(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Read:
                Read(header.Correlation, fields);
                break;
            case FrameType.Write or FrameType.CompareExchange or FrameType.Add:
                Change(header, fields, payload.Length);
                break;
            case FrameType.ReadBatch:
                ReadBatch(header.Correlation, fields, payload);
                break;
            case FrameType.WriteBatch:
                ChangeBatch(header, fields, payload);
                break;
            case FrameType.Ping:
                Append(new ShortFrame(FrameType.Pong, header.Correlation));
                break;
            case FrameType.Pong:
                break;
            case FrameType.Refusal:
                Refusal refusal = Refusal.Read(fields);
                Receiver.End(refusal.Reason, $"the other end refused: {refusal.Message}");
                break;
            case FrameType.Hello or FrameType.Welcome:
                Receiver.Refuse(RefusalReason.Malformed, "the handshake is over");
                break;
            default:
                if ((header.Options & FrameOptions.Skippable) == 0) Refuse(header.Correlation, RefusalReason.UnknownType, $"frames of type {(byte)header.Type} are not known here");
                break;
        }
    }

    private void Read(ulong correlation, ReadOnlySpan<byte> fields)
    {
        var reader = new FieldReader(fields);
        BlockRead read = ReadFrame.Read(ref reader);
        if (reader.IsBroken || !IsCountSound(read.Count))
        {
            Refuse(correlation, RefusalReason.Malformed, "the read makes no sense");
            return;
        }

        var answer = new ReadAnswer(_service, _caller, correlation, read);
        _sender.TryAppend(ref answer);
        if (answer.IsPutOff && TryPutOff(correlation)) _ = ReadLateAsync(correlation, read);
    }

    private async Task ReadLateAsync(ulong correlation, BlockRead read)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(read.Count);
        Receiver.HoldBytes(read.Count);
        try
        {
            BlockReadReply reply = await _service.ReadAsync(_caller, read, bytes.AsMemory(0, read.Count)).ConfigureAwait(false);
            Send(new LateReadAnswer(correlation, reply, bytes.AsMemory(0, read.Count)));
        }
        catch (Exception e)
        {
            Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            Receiver.ReleaseBytes(read.Count);
            Interlocked.Decrement(ref _putOffCount);
        }
    }

    private void ReadBatch(ulong correlation, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        if (!BatchFrame.TryReadCount(fields, payload.Length, ReadFrame.FieldsLength, out int count) || !TrySum(payload, count, out int byteCount))
        {
            Refuse(correlation, RefusalReason.Malformed, "the batch of reads makes no sense, or brings more bytes than a frame has room for");
            return;
        }

        var answer = new ReadBatchAnswer(_service, _caller, correlation, payload, count, byteCount);
        _sender.TryAppend(ref answer);
        if (!answer.IsPutOff || !TryPutOff(correlation)) return;
        var reads = new BlockRead[count];
        var reader = new FieldReader(payload);
        for (int i = 0; i < count; i++) reads[i] = ReadFrame.Read(ref reader);
        _ = ReadBatchLateAsync(correlation, reads, byteCount);
    }

    private async Task ReadBatchLateAsync(ulong correlation, BlockRead[] reads, int byteCount)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(byteCount);
        Receiver.HoldBytes(byteCount);
        try
        {
            var replies = new BlockReadReply[reads.Length];
            int written = 0;
            for (int i = 0; i < reads.Length; i++)
            {
                replies[i] = await _service.ReadAsync(_caller, reads[i], bytes.AsMemory(written, reads[i].Count)).ConfigureAwait(false);
                if (replies[i].Status == OperationStatus.Ok) written += reads[i].Count;
            }

            Send(new LateReadBatchAnswer(correlation, replies, bytes.AsMemory(0, written)));
        }
        catch (Exception e)
        {
            Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            Receiver.ReleaseBytes(byteCount);
            Interlocked.Decrement(ref _putOffCount);
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

    private void Change(in FrameHeader header, ReadOnlySpan<byte> fields, int payloadLength)
    {
        var reader = new FieldReader(fields);
        BlockWrite write = WriteFrame.Read(ref reader);
        if (reader.IsBroken || !Enum.IsDefined(write.Kind) || WriteFrame.TypeOf(write.Kind) != header.Type || ByteCountOf(write) != payloadLength)
        {
            Refuse(header.Correlation, RefusalReason.Malformed, "the change makes no sense");
            return;
        }

        if (!TryPutOff(header.Correlation)) return;
        ValueTask<BlockWriteReply> change;
        try
        {
            change = _service.WriteAsync(_caller, write, Receiver.PayloadMemory(header));
        }
        catch (Exception e)
        {
            change = ValueTask.FromException<BlockWriteReply>(e);
        }

        if (!change.IsCompletedSuccessfully)
        {
            _ = AwaitChangeAsync(header.Correlation, change, Receiver.HoldBuffer());
            return;
        }

        Append(new WriteAnswer(header.Correlation, change.Result));
        Interlocked.Decrement(ref _putOffCount);
    }

    private async Task AwaitChangeAsync(ulong correlation, ValueTask<BlockWriteReply> change, InputBuffer buffer)
    {
        try
        {
            BlockWriteReply reply = await change.ConfigureAwait(false);
            Send(new WriteAnswer(correlation, reply));
        }
        catch (Exception e)
        {
            Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            buffer.Release();
            Interlocked.Decrement(ref _putOffCount);
        }
    }

    private void ChangeBatch(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        if (!BatchFrame.TryReadCount(fields, payload.Length, WriteFrame.FieldsLength, out int count) || !AreBytesThere(payload, count))
        {
            Refuse(header.Correlation, RefusalReason.Malformed, "the batch of changes makes no sense");
            return;
        }

        if (!TryPutOff(header.Correlation)) return;
        bool isKept = count <= BatchItemsKept && !_isBatchUnderWay;
        BlockWrite[] writes = isKept ? _writes ??= new BlockWrite[BatchItemsKept] : new BlockWrite[count];
        Memory<BlockWriteReply> replies = (isKept ? _replies ??= new BlockWriteReply[BatchItemsKept] : new BlockWriteReply[count]).AsMemory(0, count);
        var reader = new FieldReader(payload);
        for (int i = 0; i < count; i++) writes[i] = WriteFrame.Read(ref reader);
        ReadOnlyMemory<byte> bytes = Receiver.PayloadMemory(header)[(count * WriteFrame.FieldsLength)..];
        ValueTask change;
        try
        {
            change = _service.WriteAsync(_caller, writes.AsMemory(0, count), bytes, replies);
        }
        catch (Exception e)
        {
            change = ValueTask.FromException(e);
        }

        if (change.IsCompletedSuccessfully)
        {
            Append(new WriteBatchAnswer(header.Correlation, replies));
            Interlocked.Decrement(ref _putOffCount);
            return;
        }

        if (isKept) Volatile.Write(ref _isBatchUnderWay, true);
        _ = AwaitBatchAsync(header.Correlation, change, replies, Receiver.HoldBuffer(), isKept);
    }

    private async Task AwaitBatchAsync(
        ulong correlation, ValueTask change, Memory<BlockWriteReply> replies, InputBuffer buffer, bool isKept)
    {
        try
        {
            await change.ConfigureAwait(false);
            Send(new WriteBatchAnswer(correlation, replies));
        }
        catch (Exception e)
        {
            Refuse(correlation, RefusalReason.Fault, e.Message);
        }
        finally
        {
            buffer.Release();
            if (isKept) Volatile.Write(ref _isBatchUnderWay, false);
            Interlocked.Decrement(ref _putOffCount);
        }
    }

    /// <summary>Whether a batch of changes has the bytes that its writes say they write, no less and no more.</summary>
    private static bool AreBytesThere(ReadOnlySpan<byte> payload, int count)
    {
        var reader = new FieldReader(payload);
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            BlockWrite write = WriteFrame.Read(ref reader);
            if (!Enum.IsDefined(write.Kind) || ByteCountOf(write) < 0) return false;
            sum += ByteCountOf(write);
        }

        return sum == reader.Rest.Length;
    }

    private static int ByteCountOf(in BlockWrite write) => write.Kind == BlockWriteKind.Write ? write.Count : 0;

    private bool IsCountSound(int count) => count >= 0 && count <= _options.FrameBytesMax - AnswerHeadMax;

    /// <summary>Room for one more request that is answered later.</summary>
    private bool TryPutOff(ulong correlation)
    {
        if (Interlocked.Increment(ref _putOffCount) <= _options.OutstandingMax) return true;
        Interlocked.Decrement(ref _putOffCount);
        Refuse(correlation, RefusalReason.TooManyOutstanding, $"{_options.OutstandingMax} requests of this connection are under way already");
        return false;
    }

    private void Refuse(ulong correlation, RefusalReason reason, string message) =>
        Send(new MadeFrame(new Refusal(reason, message).ToFrame(FrameType.Error, correlation)));

    /// <summary>Appends an answer that leaves with its batch.</summary>
    private void Append<TFrame>(TFrame frame)
        where TFrame : struct, IFrameSource =>
        _sender.TryAppend(ref frame);

    /// <summary>Appends and sends, from any thread.</summary>
    private void Send<TFrame>(TFrame frame)
        where TFrame : struct, IFrameSource
    {
        if (_sender.TryAppend(ref frame)) _sender.Flush();
    }
}
