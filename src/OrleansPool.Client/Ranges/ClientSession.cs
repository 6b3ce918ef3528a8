using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// One exactly-once session with one segment: numbers requests, bounds how many are under way, and knows the lowest that is
/// unanswered.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ClientSession(ulong id)
{
    /// <summary>Most requests under way; well below what a segment allows, so that none is refused for it.</summary>
    public const int OutstandingCountMax = 64;

    private readonly Lock _lock = new();
    private readonly SortedSet<ulong> _outstanding = [];
    private readonly SemaphoreSlim _slots = new(OutstandingCountMax);
    private readonly SemaphoreSlim _turn = new(1);
    private ulong _next = 1;

    public ulong Id => id;

    /// <summary>Waits for room and numbers requests.</summary>
    public async ValueTask<RequestId[]> BeginAsync(int count, CancellationToken cancellationToken)
    {
        // One caller at a time collects its slots: two that each held half of what the other needs would wait for ever.
        await _turn.WaitAsync(cancellationToken);
        int taken = 0;
        try
        {
            for (; taken < count; taken++) await _slots.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (taken > 0) _slots.Release(taken);
            throw;
        }
        finally
        {
            _turn.Release();
        }

        lock (_lock)
        {
            ulong lowest = _outstanding.Count == 0 ? _next : _outstanding.Min;
            var requests = new RequestId[count];
            for (int i = 0; i < count; i++)
            {
                requests[i] = new RequestId(id, _next, lowest);
                _outstanding.Add(_next++);
            }

            return requests;
        }
    }

    /// <summary>The requests were answered, or will never be asked about again.</summary>
    public void End(RequestId[] requests)
    {
        lock (_lock)
        {
            foreach (RequestId request in requests) _outstanding.Remove(request.Number);
        }

        _slots.Release(requests.Length);
    }
}
