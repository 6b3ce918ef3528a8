using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Client;

/// <summary>The places of a connection's requests: bounded, each reused, none allocated once it is there.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OperationTable(DataConnection connection, int countMax)
{
    private readonly Lock _gate = new();
    private readonly Stack<PendingOperation> _free = new();
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private PendingOperation[] _places = [];
    private int _placeCount;
    private int _takenCount;
    private int _waiterCount;

    /// <summary>How many requests are under way.</summary>
    public int Count => Volatile.Read(ref _takenCount);

    /// <summary>Takes a place; null when there is none.</summary>
    public PendingOperation? TryTake()
    {
        lock (_gate)
        {
            if (_free.TryPop(out PendingOperation? free))
            {
                _takenCount++;
                return free;
            }

            if (_placeCount == countMax) return null;
            if (_placeCount == _places.Length)
            {
                var longer = new PendingOperation[Math.Min(countMax, Math.Max(16, _places.Length * 2))];
                _places.CopyTo(longer, 0);
                Volatile.Write(ref _places, longer);
            }

            _takenCount++;
            return _places[_placeCount] = new PendingOperation(connection, _placeCount++);
        }
    }

    /// <summary>The request that an answer names, if it is the one that has the place now.</summary>
    public PendingOperation? Find(ulong correlation)
    {
        PendingOperation[] places = Volatile.Read(ref _places);
        uint slot = (uint)correlation;
        if (slot >= (uint)places.Length || places[slot] is not { } operation) return null;
        return operation.Correlation == correlation ? operation : null;
    }

    /// <summary>A place is free again.</summary>
    public void Free(PendingOperation operation)
    {
        lock (_gate)
        {
            _takenCount--;
            _free.Push(operation);
            WakeFirst();
        }
    }

    /// <summary>There is room on the way out: whoever waited for that may try again.</summary>
    public void OnDrained()
    {
        if (Volatile.Read(ref _waiterCount) == 0) return;
        lock (_gate)
        {
            while (_waiters.Count > 0) WakeFirst();
        }
    }

    /// <summary>Waits until it is worth trying again: there is a place and room on the way out, or the connection has ended.</summary>
    public async ValueTask WaitForRoomAsync(Func<bool> isRoomy, CancellationToken cancellationToken)
    {
        var waiter = new LinkedListNode<TaskCompletionSource>(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _waiters.AddLast(waiter);
            Volatile.Write(ref _waiterCount, _waiters.Count);
            Interlocked.MemoryBarrier(); // or both might miss: this one that there is room, the one who sends that this one waits
            if (connection.IsEnded || ((_free.Count > 0 || _placeCount < countMax) && isRoomy())) Leave(waiter);
        }

        try
        {
            await waiter.Value.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Who was woken, and goes, wakes the next: a place may be free.
                if (waiter.List is null) WakeFirst();
                else Leave(waiter);
            }

            throw;
        }
    }

    /// <summary>Whether some request is not answered, given up or not.</summary>
    public bool IsAnswerDue()
    {
        foreach (PendingOperation? operation in Volatile.Read(ref _places))
        {
            if (operation is { IsAnswerDue: true }) return true;
        }

        return false;
    }

    /// <summary>Gives up the requests that were asked before some moment.</summary>
    public void GiveUpBefore(long moment, TimeSpan answerMax)
    {
        foreach (PendingOperation? operation in Volatile.Read(ref _places))
        {
            if (operation is null) continue;
            uint round = operation.Round;
            if (!operation.IsWaiting || operation.AskedAt > moment) continue;
            operation.GiveUp(round, new ConnectionLostException($"The node has not answered for {answerMax.TotalSeconds} s.", RefusalReason.TooSlow, isUnsent: false));
        }
    }

    /// <summary>No answers come any more.</summary>
    public void EndAll(ConnectionLostException failure)
    {
        foreach (PendingOperation? operation in Volatile.Read(ref _places))
        {
            if (operation is null) continue;
            uint round = operation.Round;
            operation.GiveUp(round, failure);
            operation.EndAnswer(round);
        }

        OnDrained();
    }

    private void WakeFirst()
    {
        if (_waiters.First is { } first) Leave(first);
    }

    private void Leave(LinkedListNode<TaskCompletionSource> waiter)
    {
        _waiters.Remove(waiter);
        Volatile.Write(ref _waiterCount, _waiters.Count);
        waiter.Value.TrySetResult();
    }
}
