using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// A change of one block that was sent straight to its node under a session's request id. Nearly always the answer is Ok, and nothing was
/// allocated. A change that was refused was not carried out, and the range does it again with everything that may be needed; one
/// that was not answered is first asked about under the same id.
/// </summary>
internal sealed class QuickWrite : IValueTaskSource, IValueTaskSource<long>
{
    /// <summary>Most that are kept for use again.</summary>
    private const int SpareCountMax = 4096;

    private static readonly SparePool<QuickWrite> Spares = new(SpareCountMax);

    private readonly Action _onAnswered;
    private ManualResetValueTaskSourceCore<long> _core;
    private ConfiguredValueTaskAwaitable<BlockWriteReply>.ConfiguredValueTaskAwaiter _answer;
    private RangeAccess? _access;
    private IRangeFallback? _range;
    private ClientSession? _session;
    private NodeId _home;
    private BlockWrite _write;
    private long _offset;
    private ReadOnlyMemory<byte> _source;
    private CancellationToken _cancellationToken;
    private long _startedAt;

    public QuickWrite() => _onAnswered = OnAnswered;

    /// <summary>For whoever awaits a write.</summary>
    public ValueTask Task => new(this, _core.Version);

    /// <summary>For whoever awaits a value.</summary>
    public ValueTask<long> ValueTask => new(this, _core.Version);

    /// <summary>Goes on with a change that was sent.</summary>
    public static QuickWrite Run(
        in ValueTask<BlockWriteReply> answer, RangeAccess access, IRangeFallback range, ClientSession session, in NodeId home, in BlockWrite write,
        long offset, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        QuickWrite quick = Spares.Take();
        quick._core.Reset();
        quick._startedAt = PoolTelemetry.StartTime();
        (quick._access, quick._range, quick._session, quick._home, quick._write) = (access, range, session, home, write);
        (quick._offset, quick._source, quick._cancellationToken) = (offset, source, cancellationToken);
        quick._answer = answer.ConfigureAwait(false).GetAwaiter();
        if (quick._answer.IsCompleted) quick.OnAnswered();
        else quick._answer.UnsafeOnCompleted(quick._onAnswered);
        return quick;
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    long IValueTaskSource<long>.GetResult(short token) => GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<long>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<long>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private long GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            (_access, _range, _session, _source, _answer) = (null, null, null, default, default);
            Spares.Return(this);
        }
    }

    private void OnAnswered()
    {
        bool isAnswered = false;
        bool mayHaveRun = false;
        OperationStatus status = OperationStatus.Busy;
        try
        {
            BlockWriteReply reply = _answer.GetResult();
            (isAnswered, status) = (true, reply.Status);
            if (status is OperationStatus.Ok or OperationStatus.Mismatch)
            {
                _session!.End(_write.Request);
                PoolTelemetry.CountTimed(PoolOperation.Write, PoolPath.Remote, _write.Count, _startedAt);
                _core.SetResult(reply.Value);
                return;
            }
        }
        catch (IOException e)
        {
            // No answer: whether it was carried out is found out under the same id.
            mayHaveRun = !NodeCall.IsUnsent(e);
        }
        catch (Exception e)
        {
            _session!.End(_write.Request);
            _core.SetException(e);
            return;
        }

        _ = ChangeAgainAsync(isAnswered, mayHaveRun, status);
    }

    private async Task ChangeAgainAsync(bool isAnswered, bool mayHaveRun, OperationStatus status)
    {
        long value;
        try
        {
            if (!isAnswered)
            {
                BlockWriteReply[] replies = await _access!.RepeatAsync(_home, _write, _source, mayHaveRun, _cancellationToken).ConfigureAwait(false);
                (status, value) = (replies[0].Status, replies[0].Value);
                if (status is OperationStatus.Ok or OperationStatus.Mismatch)
                {
                    Finish(value);
                    return;
                }
            }

            if (status == OperationStatus.Indeterminate) _access!.Sessions.Drop(_home, _write.Segment, _session!);
            if (_write.Kind == BlockWriteKind.Write)
            {
                await _range!.WriteSlowlyAsync(_offset, _source, _write.Fence, _cancellationToken).ConfigureAwait(false);
                value = 0;
            }
            else
            {
                value = await _range!.CombineSlowlyAsync(_write.Kind, _offset, _write.Operand, _write.Expected, _write.Fence, _cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _session!.End(_write.Request);
            _core.SetException(e);
            return;
        }

        Finish(value);
    }

    private void Finish(long value)
    {
        _session!.End(_write.Request);
        _core.SetResult(value);
    }
}
