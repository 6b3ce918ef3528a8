using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>
/// The client's end of one connection: any number of threads ask, answers come in any order.
/// </summary>
/// <remarks>
/// <para>A request takes a place in a bounded table, writes its frame into the sender's room, and returns a value task over the place: it
/// allocates nothing. Where the table or the way out is full, the caller waits: that is the backpressure.</para>
/// <para>The caller goes on where its answer is read (see <see cref="FrameReceiver"/>), and may do there what it likes.</para>
/// <para>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DataConnection : IDisposable
{
    private readonly TransportOptions _options;
    private readonly FrameSender _sender;
    private readonly FrameReceiver _receiver;
    private readonly OperationTable _table;
    private readonly Timer _sweeps;
    private string? _ended;
    private long _pingedAt;

    internal DataConnection(IByteChannel channel, Lane lane, Welcome welcome, TransportOptions options, ReaderThreads readers)
    {
        _options = options;
        _sender = new FrameSender(channel, lane, options);
        _receiver = new FrameReceiver(channel, lane, _sender, new Answers(this), options);
        _receiver.Attach();
        _table = new OperationTable(this, Math.Min(options.OutstandingMax, welcome.OutstandingMax));
        FrameBytesMax = Math.Min(options.FrameBytesMax, welcome.FrameBytesMax);
        _sender.Drained += _table.OnDrained;
        TimeSpan interval = TimeSpan.FromTicks(Math.Min(options.AnswerMax.Ticks, options.IdleMax.Ticks / 2) / 8);
        _sweeps = new Timer(static state => ((DataConnection)state!).Sweep(), this, interval, interval);
        readers.Start(_receiver);
    }

    /// <summary>Longest frame that both ends take.</summary>
    public int FrameBytesMax { get; }

    /// <summary>Whether it can be used no more.</summary>
    public bool IsEnded => _receiver.IsEnded;

    /// <summary>Whether the other end is about to leave: what is under way ends, nothing new should begin.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Requests that wait for an answer.</summary>
    public int OutstandingCount => _table.Count;

    /// <summary>How often code that goes on after an answer had to be moved off the thread that reads answers.</summary>
    public int StallCount => _receiver.StallCount;

    /// <summary>Bytes that are not sent yet.</summary>
    internal long PendingBytes => _sender.PendingBytes;

    /// <summary>Called once, on any thread, when the connection has ended.</summary>
    internal Action<RefusalReason, string>? Ended { get; set; }

    /// <summary>Reads bytes of a block.</summary>
    /// <param name="read">What; its count is the destination's length.</param>
    /// <param name="destination">The caller's; written only if the status is Ok, and not after the call was cancelled.</param>
    /// <param name="cancellationToken">Stops waiting. The request may still be carried out.</param>
    /// <exception cref="ConnectionLostException">The connection ended first, or the answer took too long.</exception>
    public ValueTask<BlockReadReply> ReadAsync(in BlockRead read, Memory<byte> destination, CancellationToken cancellationToken)
    {
        return TryBegin(FrameType.ReadReply, destination, cancellationToken) is { } operation
            ? Ask(operation, read)
            : WaitAsync(read, destination, cancellationToken);

        async ValueTask<BlockReadReply> WaitAsync(BlockRead read, Memory<byte> destination, CancellationToken cancellationToken) =>
            await Ask(await BeginAsync(FrameType.ReadReply, destination, cancellationToken).ConfigureAwait(false), read).ConfigureAwait(false);

        ValueTask<BlockReadReply> Ask(PendingOperation operation, in BlockRead read)
        {
            var request = new ReadRequest(operation.Correlation, read);
            Send(operation, ref request);
            return new ValueTask<BlockReadReply>(operation, operation.Version);
        }
    }

    /// <summary>Changes a block.</summary>
    /// <param name="write">What to do.</param>
    /// <param name="bytes">The bytes of a write; the caller's again once the request has ended.</param>
    /// <param name="cancellationToken">Stops waiting. The request may still be carried out.</param>
    /// <exception cref="ConnectionLostException">The connection ended first, or the answer took too long.</exception>
    public ValueTask<BlockWriteReply> WriteAsync(in BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ThrowIfTooLong(WriteFrame.FieldsLength + (long)bytes.Length);
        return TryBegin(FrameType.WriteReply, default, cancellationToken) is { } operation
            ? Ask(operation, write, bytes)
            : WaitAsync(write, bytes, cancellationToken);

        async ValueTask<BlockWriteReply> WaitAsync(BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            await Ask(await BeginAsync(FrameType.WriteReply, default, cancellationToken).ConfigureAwait(false), write, bytes).ConfigureAwait(false);

        ValueTask<BlockWriteReply> Ask(PendingOperation operation, in BlockWrite write, ReadOnlyMemory<byte> bytes)
        {
            var request = new WriteRequest(operation.Correlation, write, bytes);
            Send(operation, ref request);
            return new ValueTask<BlockWriteReply>(operation, operation.Version);
        }
    }

    /// <summary>Reads bytes of several blocks.</summary>
    /// <param name="reads">What; together no more than <see cref="FrameBytesMax"/> allows.</param>
    /// <param name="places">One for each, as long as its count. Gets the bytes if the answer is Ok; not after the call was cancelled.</param>
    /// <param name="replies">Gets an answer for each.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="ConnectionLostException">The connection ended first, or the answer took too long.</exception>
    public ValueTask<int> ReadAsync(
        ReadOnlyMemory<BlockRead> reads, ReadOnlyMemory<Memory<byte>> places, Memory<BlockReadReply> replies, CancellationToken cancellationToken)
    {
        ThrowIfUneven(reads.Length, places.Length, nameof(places));
        ThrowIfUneven(reads.Length, replies.Length, nameof(replies));
        ThrowIfMisplaced(reads.Span, places.Span);
        ThrowIfTooLong(BatchFrame.FieldsLength + ((long)reads.Length * ReadFrame.FieldsLength));
        return TryBegin(FrameType.ReadBatchReply, default, cancellationToken) is { } operation
            ? Ask(operation, reads, places, replies)
            : WaitAsync(reads, places, replies, cancellationToken);

        async ValueTask<int> WaitAsync(
            ReadOnlyMemory<BlockRead> reads, ReadOnlyMemory<Memory<byte>> places, Memory<BlockReadReply> replies, CancellationToken cancellationToken) =>
            await Ask(await BeginAsync(FrameType.ReadBatchReply, default, cancellationToken).ConfigureAwait(false), reads, places, replies).ConfigureAwait(false);

        ValueTask<int> Ask(PendingOperation operation, ReadOnlyMemory<BlockRead> reads, ReadOnlyMemory<Memory<byte>> places, Memory<BlockReadReply> replies)
        {
            operation.Places = places;
            operation.ReadReplies = replies;
            var request = new ReadBatchRequest(operation.Correlation, reads);
            Send(operation, ref request);
            return new ValueTask<int>(operation, operation.Version);
        }
    }

    /// <summary>Changes several blocks, in order; see <see cref="INodePoolGrain.WriteAsync"/>.</summary>
    /// <param name="writes">What to do.</param>
    /// <param name="sources">The bytes of all writes of bytes, in order, in as many pieces as they lie in; the caller's again once the request has ended.</param>
    /// <param name="replies">Gets an answer for each.</param>
    /// <param name="cancellationToken">Stops waiting. The request may still be carried out.</param>
    /// <returns>How many answers there are.</returns>
    /// <exception cref="ConnectionLostException">The connection ended first, or the answer took too long.</exception>
    public ValueTask<int> WriteAsync(
        ReadOnlyMemory<BlockWrite> writes, ReadOnlyMemory<ReadOnlyMemory<byte>> sources, Memory<BlockWriteReply> replies, CancellationToken cancellationToken)
    {
        ThrowIfUneven(writes.Length, replies.Length, nameof(replies));
        var request = new WriteBatchRequest(writes, sources);
        ThrowIfTooLong(request.BodyLength);
        return TryBegin(FrameType.WriteBatchReply, default, cancellationToken) is { } operation
            ? Ask(operation, request, replies)
            : WaitAsync(request, replies, cancellationToken);

        async ValueTask<int> WaitAsync(WriteBatchRequest request, Memory<BlockWriteReply> replies, CancellationToken cancellationToken) =>
            await Ask(await BeginAsync(FrameType.WriteBatchReply, default, cancellationToken).ConfigureAwait(false), request, replies).ConfigureAwait(false);

        ValueTask<int> Ask(PendingOperation operation, WriteBatchRequest request, Memory<BlockWriteReply> replies)
        {
            operation.WriteReplies = replies;
            request.Correlation = operation.Correlation;
            Send(operation, ref request);
            return new ValueTask<int>(operation, operation.Version);
        }
    }

    /// <summary>Ends the connection.</summary>
    public void Dispose() => _receiver.End(RefusalReason.Leaving, "this end was closed");

    internal void Free(PendingOperation operation) => _table.Free(operation);

    private PendingOperation? TryBegin(FrameType answerType, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (!IsRoomy() || _table.TryTake() is not { } operation) return null;
        operation.Begin(answerType, destination, cancellationToken);
        return operation;
    }

    private async ValueTask<PendingOperation> BeginAsync(FrameType answerType, Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _table.WaitForRoomAsync(IsRoomy, cancellationToken).ConfigureAwait(false);
            if (TryBegin(answerType, destination, cancellationToken) is { } operation) return operation;
            if (IsEnded) throw Lost(isUnsent: true);
        }
    }

    private bool IsRoomy() => _sender.PendingBytes < _options.PendingBytesMax;

    private static void ThrowIfUneven(int requestCount, int count, string name)
    {
        if (requestCount != count) throw new ArgumentException($"There are {requestCount} requests and {count} {name}: there must be as many.", name);
    }

    private static void ThrowIfMisplaced(ReadOnlySpan<BlockRead> reads, ReadOnlySpan<Memory<byte>> places)
    {
        for (int i = 0; i < reads.Length; i++)
        {
            if (places[i].Length != reads[i].Count) throw new ArgumentException($"Read {i} is of {reads[i].Count} bytes, and its place of {places[i].Length}.", nameof(places));
        }
    }

    /// <summary>A frame that the node does not take would end the connection, for everybody.</summary>
    private void ThrowIfTooLong(long bodyLength)
    {
        if (FrameHeader.Size + bodyLength > FrameBytesMax) throw new ArgumentException($"A frame of {FrameHeader.Size + bodyLength} bytes is longer than {FrameBytesMax}.");
    }

    private void Send<TFrame>(PendingOperation operation, ref TFrame request)
        where TFrame : struct, IFrameSource
    {
        operation.Arm();
        if (!operation.IsWaiting)
        {
            operation.EndAnswer(operation.Round);
            return;
        }

        if (!_sender.TryAppend(ref request))
        {
            operation.GiveUp(operation.Round, Lost(isUnsent: true));
            operation.EndAnswer(operation.Round);
            return;
        }

        _sender.Flush();

        // The end may have gone through the table before this request stood in it.
        if (IsEnded) _table.EndAll(Lost(isUnsent: false));
    }

    private ConnectionLostException Lost(bool isUnsent) =>
        new($"The connection to the node ended: {Volatile.Read(ref _ended) ?? "it was closed"}.", RefusalReason.Unknown, isUnsent);

    private void Sweep()
    {
        long now = Environment.TickCount64;
        long answerMax = (long)_options.AnswerMax.TotalMilliseconds;
        _table.GiveUpBefore(now - answerMax, _options.AnswerMax);
        long heardAt = _receiver.HeardAt;
        long silence = now - heardAt;

        // A process that itself stood still for that long has asked for no sign of life: it does so first.
        bool isDeaf = silence > _options.IdleMax.TotalMilliseconds && _pingedAt > heardAt && now - _pingedAt > _options.IdleMax.TotalMilliseconds / 3;
        if (isDeaf || (silence > 2 * answerMax && _table.IsAnswerDue()))
        {
            _receiver.End(RefusalReason.TooSlow, $"the node has said nothing for {silence / 1000} s");
        }
        else if (silence > _options.IdleMax.TotalMilliseconds / 3)
        {
            if (_pingedAt <= heardAt) _pingedAt = now;
            var ping = new ShortFrame(FrameType.Ping, correlation: 0);
            if (_sender.TryAppend(ref ping)) _sender.Flush();
        }
    }

    /// <summary>What becomes of the frames that come.</summary>
    private sealed class Answers(DataConnection connection) : IFrameHandler
    {
        public bool IsFull => false;

        public IContinuation? OnFrame(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
        {
            switch (header.Type)
            {
                case FrameType.Drain:
                    connection.IsDraining = true;
                    return null;
                case FrameType.Refusal:
                    Refusal refusal = Refusal.Read(fields);
                    connection._receiver.End(refusal.Reason, refusal.Message);
                    return null;
            }

            if (connection._table.Find(header.Correlation) is not { } operation) return null;
            uint round = (uint)(header.Correlation >> 32);
            if (!operation.TryFill(round))
            {
                operation.EndAnswer(round);
                return null;
            }

            if (!AnswerReader.TryRead(operation, header.Type, fields, payload))
            {
                operation.Failed(new ConnectionLostException($"The node's answer of type {header.Type} makes no sense.", RefusalReason.Malformed, isUnsent: false));
            }

            operation.EndAnswer(round);
            return operation;
        }

        public void OnEnded(RefusalReason reason, string message)
        {
            Volatile.Write(ref connection._ended, message);
            connection._sweeps.Dispose();
            connection._table.EndAll(new ConnectionLostException($"The connection to the node ended: {message}.", reason, isUnsent: false));
            connection.Ended?.Invoke(reason, message);
        }
    }
}
