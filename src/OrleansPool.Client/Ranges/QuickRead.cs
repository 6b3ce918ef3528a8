using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// A read of one block that was sent straight to its node. Nearly always the answer is the bytes, and nothing was allocated; with any
/// other answer, or none, the range reads again with everything that may be needed.
/// </summary>
internal sealed class QuickRead : IValueTaskSource<int>
{
    /// <summary>Most that are kept for use again.</summary>
    private const int SpareCountMax = 4096;

    private static readonly SparePool<QuickRead> Spares = new(SpareCountMax);

    private readonly Action _onAnswered;
    private ManualResetValueTaskSourceCore<int> _core;
    private ConfiguredValueTaskAwaitable<BlockReadReply>.ConfiguredValueTaskAwaiter _answer;
    private IRangeFallback? _range;
    private long _offset;
    private Memory<byte> _destination;
    private CancellationToken _cancellationToken;
    private long _startedAt;

    public QuickRead() => _onAnswered = OnAnswered;

    /// <summary>Goes on with a read that was sent.</summary>
    public static ValueTask<int> Run(
        in ValueTask<BlockReadReply> answer, IRangeFallback range, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        QuickRead read = Spares.Take();
        read._core.Reset();
        read._startedAt = PoolTelemetry.StartTime();
        (read._range, read._offset, read._destination, read._cancellationToken) = (range, offset, destination, cancellationToken);
        read._answer = answer.ConfigureAwait(false).GetAwaiter();
        if (read._answer.IsCompleted) read.OnAnswered();
        else read._answer.UnsafeOnCompleted(read._onAnswered);
        return new ValueTask<int>(read, read._core.Version);
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            (_range, _destination, _answer) = (null, default, default);
            Spares.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnAnswered()
    {
        try
        {
            if (_answer.GetResult().Status == OperationStatus.Ok)
            {
                PoolTelemetry.CountTimed(PoolOperation.Read, PoolPath.Remote, _destination.Length, _startedAt);
                _core.SetResult(_destination.Length);
                return;
            }
        }
        catch (IOException)
        {
            // No answer: the range asks again.
        }
        catch (Exception e)
        {
            _destination.Span.Clear();
            _core.SetException(e);
            return;
        }

        _ = ReadAgainAsync();
    }

    private async Task ReadAgainAsync()
    {
        int count;
        try
        {
            count = await _range!.ReadSlowlyAsync(_offset, _destination, _cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _core.SetException(e);
            return;
        }

        _core.SetResult(count);
    }
}
