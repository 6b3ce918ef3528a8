using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Frames;

/// <summary>
/// The way into a connection: bytes become frames, and frames are handled, by one thread at a time.
/// </summary>
/// <remarks>
/// <para>Whose turn it is. The thread that receives has a term. Code of users runs on it, because a thread switch costs more than most
/// of what users do with an answer; but while it does, the thread may lose its turn: <see cref="StallWatch"/> looks now and then, and
/// when one piece of such code has been running over a whole interval, it raises the term and gives the connection, with the rest of the
/// batch, to another thread. The first one finds out when the code returns, and leaves. So slow or blocking code of one caller delays
/// others by an interval or two; and for a while after that, longer the sooner it happens again, the connection's continuations go to the
/// thread pool at once. A thread that has no processor to run on keeps its turn: a busy machine would else look like slow users.</para>
/// <para><c>_turn</c> is 2 * term, and one more while code of users runs. Only then can the term be raised; a thread that handles frames
/// cannot lose its turn.</para>
/// <para>Memory. A buffer is there only while frames come. It grows to what a header asks for only once it is full of bytes that have come. What
/// requests under way hold of it, and what they will answer, counts against the same bound as what waits to be sent; where that is
/// reached, nothing more is taken until there is room. A client takes answers whatever waits to be sent: it asked for them, and if both
/// ends stopped taking, neither would ever send.</para>
/// </remarks>
internal sealed class FrameReceiver(IByteChannel channel, Lane lane, FrameSender sender, IFrameHandler handler, TransportOptions options)
{
    private const int BufferBytes = 64 << 10;

    /// <summary>Less room than this is not worth a system call.</summary>
    private const int RoomBytesMin = 16 << 10;

    private const long NotInFrame = long.MaxValue;

    /// <summary>How many rounds continuations are kept off the receiving thread after one of them stalled it, at first.</summary>
    private const int DistrustRoundsMin = 16;

    /// <summary>The same after stalls that came less than this many rounds apart.</summary>
    private const int DistrustRoundsMax = 16 << 10;

    private InputBuffer? _buffer;
    private int _start;
    private int _end;
    private int _turn;
    private int _callCount;
    private int _watchedCallCount = -1;
    private int _distrust;
    private int _distrustRounds;
    private int _trustedRounds;
    private long _heardAt = Environment.TickCount64;
    private long _inFrameSince = NotInFrame;
    private Action? _onRoomy;
    private long _heldBytes;
    private int _isEnded;

    /// <summary>The bytes.</summary>
    public IByteChannel Channel { get; } = channel;

    /// <summary>Whether it pays to look for bytes before one waits for them.</summary>
    public AdaptiveSpin Spin { get; } = new();

    /// <summary>Longest frame that is taken; lower until the other end is known.</summary>
    public int FrameBytesMax { get; set; } = options.FrameBytesMax;

    /// <summary>Whether continuations run on the thread that receives, where it can lose its turn.</summary>
    public bool MayRunInline { get; set; }

    /// <summary>When bytes came last, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Since when a frame has begun and not ended, on the same clock; <see cref="long.MaxValue"/> where none has.</summary>
    public long InFrameSince => Volatile.Read(ref _inFrameSince);

    /// <summary>How often a thread lost its turn to another.</summary>
    public int StallCount { get; private set; }

    /// <summary>Whether the connection has ended.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>The present term, for a thread that begins to receive.</summary>
    public int Term => Volatile.Read(ref _turn) >> 1;

    /// <summary>Bytes that requests under way hold.</summary>
    public long HeldBytes => Interlocked.Read(ref _heldBytes);

    /// <summary>The payload of the frame that is being handled, for as long as it is, or its buffer is held.</summary>
    public ReadOnlyMemory<byte> PayloadMemory(in FrameHeader header) =>
        _buffer!.Bytes.AsMemory(_start + FrameHeader.Size + header.FieldsLength, header.PayloadLength);

    /// <summary>The frame that is being handled is needed for longer. The handler lets go of its buffer when it is not.</summary>
    public InputBuffer HoldBuffer()
    {
        _buffer!.Hold();
        return _buffer;
    }

    /// <summary>A request that is under way holds so many bytes.</summary>
    public void HoldBytes(int count) => Interlocked.Add(ref _heldBytes, count);

    /// <summary>And now does not any more.</summary>
    public void ReleaseBytes(int count)
    {
        Interlocked.Add(ref _heldBytes, -count);
        OnRoomier();
    }

    /// <summary>Connects both ways.</summary>
    public void Attach()
    {
        sender.Drained = OnRoomier;
        sender.Ended = why => End(RefusalReason.TooSlow, why);
    }

    /// <summary>Takes what has come and handles the frames in it. One thread at a time; it gives its term.</summary>
    public ReceiverPace Round(int term)
    {
        if (handler.IsFull) return ReceiverPace.Congested;
        MakeRoom();
        switch (Channel.TryReceive(RoomForMore(), out int count))
        {
            case ChannelStatus.WouldBlock:
                return ReceiverPace.Silent;
            case ChannelStatus.Ended:
                End(RefusalReason.Unknown, _end > _start ? "the other end went away in the middle of a frame" : "the other end went away");
                return ReceiverPace.Ended;
        }

        _end += count;
        Volatile.Write(ref _heardAt, Environment.TickCount64);
        if (lane == Lane.Bulk) Thread.Yield(); // as in the sender
        if (_distrust > 0) _distrust--;
        else _trustedRounds++;
        return HandleFrames(term);
    }

    /// <summary>Handles the frames that are there whole: after a round, or for a thread that takes over.</summary>
    public ReceiverPace HandleFrames(int term)
    {
        sender.Cork();
        bool isAnyHandled = false;
        ReceiverPace pace = ReceiverPace.Again;
        while (pace == ReceiverPace.Again && TryNext(out FrameHeader header, out pace))
        {
            IContinuation? continuation = Handle(header);
            _start += header.Length;
            isAnyHandled = true;
            if (IsEnded)
            {
                // The answer has taken its request from the end of the connection: its caller goes on by it or never.
                continuation?.Run(isInline: false);
                return ReceiverPace.Ended;
            }

            if (handler.IsFull && !TryMakeWay()) pace = ReceiverPace.Congested;
            if (continuation is null) continue;
            if (!MayRunInline || _distrust > 0) continuation.Run(isInline: false);
            else if (!RunInline(continuation, term)) return ReceiverPace.Deposed;
        }

        if (_start == _end || pace == ReceiverPace.Congested)
        {
            if (_start == _end && _buffer is { IsShared: false }) _start = _end = 0;
            Volatile.Write(ref _inFrameSince, NotInFrame);
        }
        else if (isAnyHandled || _inFrameSince == NotInFrame)
        {
            Volatile.Write(ref _inFrameSince, HeardAt);
        }

        sender.Uncork();
        return pace == ReceiverPace.Silent ? ReceiverPace.Again : pace;
    }

    /// <summary>Gives the buffer back; what there is of a frame that has begun is kept in as little as it needs. By the thread that receives.</summary>
    public void Rest()
    {
        if (_buffer is null) return;
        int count = IsEnded ? 0 : _end - _start;
        if (count > 0)
        {
            if (_buffer.IsShared || count < _buffer.Bytes.Length / 4) Replace(count);
            return;
        }

        _buffer.Leave();
        _buffer = null;
        _start = _end = 0;
    }

    /// <summary>Goes on once there is room for what more requests would bring.</summary>
    public void AwaitRoom(Action goOn)
    {
        Volatile.Write(ref _onRoomy, goOn);
        Interlocked.MemoryBarrier(); // or both might miss: this one that there is room, the one who made it that this one waits
        OnRoomier();
    }

    /// <summary>Takes the turn from a thread that has been running code of users since this was called last. By one thread.</summary>
    /// <param name="thread">Who is receiving, if the caller knows: it keeps its turn while it only lacks a processor.</param>
    /// <param name="term">The new term, for whoever goes on.</param>
    public bool TryTakeTurn(SystemThread? thread, out int term)
    {
        int turn = Volatile.Read(ref _turn);
        int callCount = Volatile.Read(ref _callCount);
        term = (turn >> 1) + 1;
        bool isStalled = (turn & 1) == 1 && callCount == _watchedCallCount;
        _watchedCallCount = callCount;
        if (!isStalled || thread?.IsStarved(callCount) == true) return false;
        if (Interlocked.CompareExchange(ref _turn, term << 1, turn) != turn) return false;
        StallCount++;
        _distrustRounds = _trustedRounds < DistrustRoundsMax ? Math.Clamp(_distrustRounds * 2, DistrustRoundsMin, DistrustRoundsMax) : DistrustRoundsMin;
        _distrust = _distrustRounds;
        _trustedRounds = 0;
        return true;
    }

    /// <summary>Ends the connection.</summary>
    public void End(RefusalReason reason, string message)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) != 0) return;
        sender.End();
        Channel.Dispose();
        handler.OnEnded(reason, message);
    }

    /// <summary>There may be room again. Any thread.</summary>
    private void OnRoomier()
    {
        if (Volatile.Read(ref _onRoomy) is not null && !handler.IsFull) Interlocked.Exchange(ref _onRoomy, null)?.Invoke();
    }

    private bool RunInline(IContinuation continuation, int term)
    {
        int mine = term << 1;
        Volatile.Write(ref _callCount, _callCount + 1);
        Volatile.Write(ref _turn, mine | 1);
        continuation.Run(isInline: true);
        return Interlocked.CompareExchange(ref _turn, mine, mine | 1) == (mine | 1);
    }

    private bool TryNext(out FrameHeader header, out ReceiverPace pace)
    {
        pace = ReceiverPace.Again;
        ReadOnlySpan<byte> received = _buffer is null ? default : _buffer.Bytes.AsSpan(_start, _end - _start);
        switch (FrameHeader.TryRead(received, FrameBytesMax, out header))
        {
            case FrameStatus.Ok when header.Length <= _end - _start:
                return true;
            case FrameStatus.Ok or FrameStatus.Incomplete:
                pace = ReceiverPace.Silent;
                return false;
            case FrameStatus.TooLong:
                Refuse(RefusalReason.FrameTooLong, $"a frame of {header.Length} bytes is longer than {FrameBytesMax}");
                pace = ReceiverPace.Ended;
                return false;
            default:
                Refuse(RefusalReason.Malformed, "what was sent is no frame of this protocol");
                pace = ReceiverPace.Ended;
                return false;
        }
    }

    /// <summary>Tells the other end why, as far as it still listens, and ends.</summary>
    public void Refuse(RefusalReason reason, string message)
    {
        sender.SendLast(new Refusal(reason, message).ToFrame());
        End(reason, message);
    }

    private IContinuation? Handle(in FrameHeader header)
    {
        ReadOnlySpan<byte> frame = _buffer!.Bytes.AsSpan(_start, header.Length);
        return handler.OnFrame(
            header, frame.Slice(FrameHeader.Size, header.FieldsLength), frame[(FrameHeader.Size + header.FieldsLength)..]);
    }

    /// <summary>Sends what this batch has held back, which may be all that fills the connection.</summary>
    private bool TryMakeWay()
    {
        sender.Uncork();
        if (handler.IsFull) return false;
        sender.Cork();
        return true;
    }

    /// <summary>Room for more bytes behind those of a frame that has begun.</summary>
    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = new InputBuffer(this, BufferBytes);
            _start = _end = 0;
            return;
        }

        if (_buffer.Bytes.Length - _end >= RoomBytesMin) return;
        int count = _end - _start;
        if (!_buffer.IsShared)
        {
            if (_start > 0)
            {
                _buffer.Bytes.AsSpan(_start, count).CopyTo(_buffer.Bytes);
                (_start, _end) = (0, count);
                if (_buffer.Bytes.Length - _end >= RoomBytesMin) return;
            }

            if (_buffer.Bytes.Length >= FrameBytesMax) return;
        }

        Replace(Math.Max(BufferBytes, count < BufferBytes / 2 ? 0 : BegunFrameLength()));
    }

    /// <summary>Length of the frame of which a part is there; zero where that is not known yet.</summary>
    private int BegunFrameLength() =>
        FrameHeader.TryRead(_buffer!.Bytes.AsSpan(_start, _end - _start), FrameBytesMax, out FrameHeader header) == FrameStatus.Ok ? header.Length : 0;

    /// <summary>Room for what is received next. A long frame is received to its end and not beyond, so that the next one need not be moved.</summary>
    private Span<byte> RoomForMore()
    {
        Span<byte> room = _buffer!.Bytes.AsSpan(_end);
        int left = BegunFrameLength() - (_end - _start);
        return left > 0 && _end - _start + left > BufferBytes ? room[..Math.Min(room.Length, left)] : room;
    }

    /// <summary>Takes what is not handled yet to another buffer.</summary>
    private void Replace(int byteCount)
    {
        InputBuffer former = _buffer!;
        int count = _end - _start;
        _buffer = new InputBuffer(this, byteCount);
        former.Bytes.AsSpan(_start, count).CopyTo(_buffer.Bytes);
        (_start, _end) = (0, count);
        former.Leave();
    }
}
