using System.Threading.Tasks.Sources;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>
/// A request that waits for its answer. Reused for the next one, so that a request allocates nothing.
/// </summary>
/// <remarks>
/// Three may want to end it: the answer, the caller's cancellation, and the end of the connection or of its time. Whoever takes
/// <c>_state</c>, which is 4 * round + phase, from <see cref="Waiting"/> ends it. An answer first takes it to <see cref="Filling"/>: from there on it is the answer's, and
/// the caller's memory is written; before, the caller has its memory back and nothing is written any more. A request that was given up
/// keeps its place until its answer comes or the connection ends: correlation ids, never positions, keep the two ends in step. The place
/// is free once both the answer is off and the caller has taken the result.
/// </remarks>
internal sealed class PendingOperation : IValueTaskSource<BlockReadReply>, IValueTaskSource<BlockWriteReply>, IValueTaskSource<int>, IContinuation
{
    private const ulong Waiting = 1;
    private const ulong Filling = 2;
    private const ulong GivenUp = 3;

    private readonly DataConnection _connection;
    private ManualResetValueTaskSourceCore<BlockWriteReply> _core;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _cancelled;
    private ulong _state;
    private int _claims;
    private uint _dueRound;
    private BlockWriteReply _reply;
    private Exception? _failure;

    public PendingOperation(DataConnection connection, int slot)
    {
        _connection = connection;
        Slot = slot;
    }

    /// <summary>Its place in the connection's table.</summary>
    public int Slot { get; }

    /// <summary>How often the place was used: an answer for an earlier request does not count for this one.</summary>
    public uint Round { get; private set; }

    /// <summary>What names the request to the other end.</summary>
    public ulong Correlation => ((ulong)Round << 32) | (uint)Slot;

    /// <summary>When it was asked, on the clock of <see cref="Environment.TickCount64"/>.</summary>
    public long AskedAt { get; private set; }

    /// <summary>What kind of answer it waits for.</summary>
    public FrameType AnswerType { get; private set; }

    /// <summary>Where the bytes of the answer belong.</summary>
    public Memory<byte> Destination { get; private set; }

    /// <summary>Where the bytes of each answer to a batch of reads belong.</summary>
    public ReadOnlyMemory<Memory<byte>> Places { get; set; }

    /// <summary>Where the answers to a batch of reads belong.</summary>
    public Memory<BlockReadReply> ReadReplies { get; set; }

    /// <summary>Where the answers to a batch of changes belong.</summary>
    public Memory<BlockWriteReply> WriteReplies { get; set; }

    /// <summary>Its value task's version.</summary>
    public short Version => _core.Version;

    /// <summary>Whether somebody waits.</summary>
    public bool IsWaiting => (Volatile.Read(ref _state) & 3) == Waiting;

    /// <summary>Whether its answer has not come yet, given up or not.</summary>
    public bool IsAnswerDue => Volatile.Read(ref _dueRound) != 0;

    /// <summary>A new request begins. By whoever took the place.</summary>
    public void Begin(FrameType answerType, Memory<byte> destination, CancellationToken cancellationToken)
    {
        _core.Reset();
        _failure = null;
        _reply = default;
        if (++Round == 0) Round = 1; // zero stands for none
        AnswerType = answerType;
        AskedAt = Environment.TickCount64;
        Destination = destination;
        _cancelled = cancellationToken;
        _claims = 2;
        _dueRound = Round;
        Volatile.Write(ref _state, At(Round, Waiting));
    }

    /// <summary>From here on the caller can cancel. Before the request is sent, so that nobody else ends it meanwhile.</summary>
    public void Arm()
    {
        if (!_cancelled.CanBeCanceled) return;
        CancellationTokenRegistration cancellation = _cancelled.UnsafeRegister(static (state, _) => ((PendingOperation)state!).Cancel(), this);
        _cancellation = cancellation;
        Interlocked.MemoryBarrier(); // or both might miss: this one that the request was ended, the one who ended it that there is a registration
        if (!IsWaiting) cancellation.Dispose();
    }

    /// <summary>The answer has come and is about to be written to the caller's memory.</summary>
    /// <returns>False when nobody waits for it any more.</returns>
    public bool TryFill(uint round) => TryEnd(round, Filling);

    /// <summary>No answer will come any more, or it has. A second one to the same request, or one to an earlier, counts for nothing.</summary>
    public void EndAnswer(uint round)
    {
        if (Interlocked.CompareExchange(ref _dueRound, 0, round) == round) EndClaim();
    }

    /// <summary>The answer is written; the caller goes on with <see cref="Run"/>.</summary>
    public void Filled(in BlockWriteReply reply) => _reply = reply;

    /// <summary>The answer makes no sense, or says why there is none.</summary>
    public void Failed(Exception failure) => _failure = failure;

    /// <summary>The caller gives up, the connection has ended, or the time is over.</summary>
    /// <param name="round">The request that is meant: the place may have another by now.</param>
    /// <param name="failure">What the caller is told.</param>
    public void GiveUp(uint round, Exception failure)
    {
        if (!TryEnd(round, GivenUp)) return;
        _failure = failure;
        Run(isInline: false);
    }

    /// <summary>Lets the caller go on.</summary>
    public void Run(bool isInline)
    {
        // Waits for a cancellation that is under way: it must not find the place's next request.
        _cancellation.Dispose();
        _cancellation = default;
        _core.RunContinuationsAsynchronously = !isInline;
        if (_failure is { } failure) _core.SetException(failure);
        else _core.SetResult(_reply);
    }

    BlockReadReply IValueTaskSource<BlockReadReply>.GetResult(short token)
    {
        BlockWriteReply reply = GetResult(token);
        return new BlockReadReply(reply.Status, reply.Version);
    }

    BlockWriteReply IValueTaskSource<BlockWriteReply>.GetResult(short token) => GetResult(token);

    int IValueTaskSource<int>.GetResult(short token) => (int)GetResult(token).Value;

    ValueTaskSourceStatus IValueTaskSource<BlockReadReply>.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<BlockWriteReply>.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<BlockReadReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<BlockWriteReply>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private static ulong At(uint round, ulong phase) => ((ulong)round << 2) | phase;

    private bool TryEnd(uint round, ulong phase) =>
        Interlocked.CompareExchange(ref _state, At(round, phase), At(round, Waiting)) == At(round, Waiting);

    private BlockWriteReply GetResult(short token)
    {
        if (token != _core.Version) throw new InvalidOperationException("An answer is awaited once.");
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            EndClaim();
        }
    }

    private void EndClaim()
    {
        if (Interlocked.Decrement(ref _claims) != 0) return;
        Destination = default;
        Places = default;
        ReadReplies = default;
        WriteReplies = default;
        _connection.Free(this);
    }

    private void Cancel() => GiveUp(Round, new OperationCanceledException(_cancelled));
}
