using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>
/// The node's end of one connection: requests are carried out in the order in which they come, on the thread that receives them, as far
/// as that is possible at once; the others answer when they are done.
/// </summary>
/// <remarks>What cannot be carried out as it stands fails that request by <see cref="FrameType.Error"/>; only what shows that the two ends
/// have lost step ends the connection.</remarks>
internal sealed class ServedConnection : IFrameHandler
{
    private readonly Principal _caller;
    private readonly TransportOptions _options;
    private readonly FrameSender _sender;
    private readonly Action<ServedConnection, RefusalReason, string> _ended;
    private readonly ServedReads _reads;
    private readonly ServedChanges _changes;
    private int _putOffCount;

    public ServedConnection(
        IByteChannel channel, IDataService service, Principal caller, Lane lane, TransportOptions options,
        Action<ServedConnection, RefusalReason, string> ended)
    {
        _caller = caller;
        _options = options;
        _ended = ended;
        Lane = lane;
        _sender = new FrameSender(channel, lane, options);
        Receiver = new FrameReceiver(channel, lane, _sender, this, options);
        Receiver.Attach();
        _reads = new ServedReads(this, service, options.FrameBytesMax);
        _changes = new ServedChanges(this, service);
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

    /// <summary>Room for one more request that is answered later.</summary>
    public bool TryPutOff(ulong correlation)
    {
        if (Interlocked.Increment(ref _putOffCount) <= _options.OutstandingMax) return true;
        Interlocked.Decrement(ref _putOffCount);
        Refuse(correlation, RefusalReason.TooManyOutstanding, $"{_options.OutstandingMax} requests of this connection are under way already");
        return false;
    }

    /// <summary>Such a request is answered.</summary>
    public void EndPutOff() => Interlocked.Decrement(ref _putOffCount);

    /// <summary>Answers one request by why it is not carried out.</summary>
    public void Refuse(ulong correlation, RefusalReason reason, string message) =>
        Send(new MadeFrame(new Refusal(reason, message).ToFrame(FrameType.Error, correlation)));

    /// <summary>Appends an answer that leaves with its batch. By the thread that receives.</summary>
    public void Append<TFrame>(ref TFrame frame)
        where TFrame : struct, IFrameSource, allows ref struct =>
        _sender.TryAppend(ref frame);

    /// <summary>Appends and sends, from any thread.</summary>
    public void Send<TFrame>(TFrame frame)
        where TFrame : struct, IFrameSource
    {
        if (_sender.TryAppend(ref frame)) _sender.Flush();
    }

    private void Handle(in FrameHeader header, ReadOnlySpan<byte> fields, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Read:
                _reads.Read(header.Correlation, fields);
                break;
            case FrameType.Write or FrameType.CompareExchange or FrameType.Add:
                _changes.Change(header, fields);
                break;
            case FrameType.ReadBatch:
                _reads.ReadBatch(header.Correlation, fields, payload);
                break;
            case FrameType.WriteBatch:
                _changes.ChangeBatch(header, fields, payload);
                break;
            case FrameType.Ping:
                var pong = new ShortFrame(FrameType.Pong, header.Correlation);
                Append(ref pong);
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
}
