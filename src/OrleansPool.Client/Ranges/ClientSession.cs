using System.Numerics;
using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// One exactly-once session with one segment: numbers requests, and bounds how far the numbers run ahead of the lowest that is
/// unanswered, because that is how far back the segment keeps results.
/// <code>next number &lt;= lowest unanswered + <see cref="RequestId.WindowCount"/></code>
/// </summary>
/// <remarks>Thread-safe. Callers who wait are served in order, so a large one is not starved by small ones. A single request that need not
/// wait allocates nothing.</remarks>
internal sealed class ClientSession(ulong id)
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource? _isAnswered;
    private ulong _next = 1;

    // The numbers from _lowest to _next - 1 are out; bit i tells that _lowest + i is answered. Bit 0 is never set: then _lowest is higher.
    private ulong _lowest = 1;
    private UInt128 _answered;
    private int _waiterCount;

    public ulong Id => id;

    /// <summary>Numbers one request, if that needs no wait and nobody waits.</summary>
    public bool TryBegin(out RequestId request)
    {
        request = default;
        lock (_lock)
        {
            if (_waiterCount > 0 || !HasRoom(1)) return false;
            request = new RequestId(id, _next++, _lowest);
            return true;
        }
    }

    /// <summary>Waits for room and numbers requests.</summary>
    /// <param name="count">How many; at most <see cref="RequestId.WindowCount"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<RequestId[]> BeginAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, RequestId.WindowCount);
        Interlocked.Increment(ref _waiterCount);
        try
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                while (true)
                {
                    if (!TryBegin(count, out RequestId[] requests, out Task answered)) await answered.WaitAsync(cancellationToken);
                    else return requests;
                }
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiterCount);
        }
    }

    /// <summary>The request was answered, or will never be asked about again.</summary>
    public void End(in RequestId request)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            Settle(request.Number);
            (waiter, _isAnswered) = (_isAnswered, null);
        }

        waiter?.SetResult();
    }

    /// <summary>The requests were answered, or will never be asked about again.</summary>
    public void End(RequestId[] requests)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            foreach (RequestId request in requests) Settle(request.Number);
            (waiter, _isAnswered) = (_isAnswered, null);
        }

        waiter?.SetResult();
    }

    private bool HasRoom(int count) => _next + (ulong)count <= _lowest + RequestId.WindowCount;

    private void Settle(ulong number)
    {
        if (number < _lowest || number >= _next) return;
        _answered |= UInt128.One << (int)(number - _lowest);
        int settled = BitOperations.TrailingZeroCount(~(ulong)_answered);
        while (settled > 0)
        {
            _answered >>>= settled;
            _lowest += (ulong)settled;
            settled = BitOperations.TrailingZeroCount(~(ulong)_answered);
        }
    }

    private bool TryBegin(int count, out RequestId[] requests, out Task answered)
    {
        lock (_lock)
        {
            if (!HasRoom(count))
            {
                requests = [];
                answered = (_isAnswered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            requests = new RequestId[count];
            for (int i = 0; i < count; i++) requests[i] = new RequestId(id, _next++, _lowest);
            answered = Task.CompletedTask;
            return true;
        }
    }
}
