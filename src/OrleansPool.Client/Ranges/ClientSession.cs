using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// One exactly-once session with one segment: numbers requests, and bounds how far the numbers run ahead of the lowest that is
/// unanswered, because that is how far back the segment keeps results.
/// <code>next number &lt;= lowest unanswered + <see cref="RequestId.WindowCount"/></code>
/// </summary>
/// <remarks>Thread-safe. Callers are served in order, so a large one is not starved by small ones.</remarks>
internal sealed class ClientSession(ulong id)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ulong> _outstanding = [];
    private readonly SemaphoreSlim _turn = new(1);
    private TaskCompletionSource? _answered;
    private ulong _next = 1;

    public ulong Id => id;

    /// <summary>Waits for room and numbers requests.</summary>
    /// <param name="count">How many; at most <see cref="RequestId.WindowCount"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<RequestId[]> BeginAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, RequestId.WindowCount);
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

    /// <summary>The requests were answered, or will never be asked about again.</summary>
    public void End(RequestId[] requests)
    {
        TaskCompletionSource? answered;
        lock (_lock)
        {
            foreach (RequestId request in requests) _outstanding.Remove(request.Number);
            (answered, _answered) = (_answered, null);
        }

        answered?.SetResult();
    }

    private bool TryBegin(int count, out RequestId[] requests, out Task answered)
    {
        lock (_lock)
        {
            ulong lowest = _outstanding.Count == 0 ? _next : _outstanding.Min;
            if (_next + (ulong)count > lowest + RequestId.WindowCount)
            {
                requests = [];
                answered = (_answered ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            requests = new RequestId[count];
            for (int i = 0; i < count; i++)
            {
                requests[i] = new RequestId(id, _next, lowest);
                _outstanding.Add(_next++);
            }

            answered = Task.CompletedTask;
            return true;
        }
    }
}
