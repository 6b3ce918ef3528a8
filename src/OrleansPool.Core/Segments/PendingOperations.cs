using OrleansPool.Core.Replication;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// What a primary has logged and not committed yet: who waits for it, and what must wait until it is. Three things wait for a pending
/// operation: a retry of it; every use of a lease that it ends, hands over, keeps or fences; every request of a session that it closes.
/// They are judged when it is committed, so no answer ever rests on something that may not come to be.
/// </summary>
/// <remarks>Owned by the segment's executor. Bounded: by the log, and by <see cref="DeferredCountMax"/>.</remarks>
internal sealed class PendingOperations(OperationLog log)
{
    /// <summary>Most operations that wait for others.</summary>
    public const int DeferredCountMax = 256;

    private readonly Dictionary<ulong, IOperationCompletion?> _waiters = [];
    private readonly Dictionary<ulong, Queue<Operation>> _deferred = [];
    private readonly Dictionary<int, ulong> _leases = [];
    private readonly Dictionary<ulong, ulong> _closingSessions = [];
    private int _deferredCount;

    /// <summary>Operations that are logged and not committed.</summary>
    public int Count => _waiters.Count;

    /// <summary>Notes an operation that was logged just now.</summary>
    public void Add(in LogEntry entry, IOperationCompletion? completion)
    {
        _waiters.Add(entry.Sequence, completion);
        if (entry.ChangesLease) _leases[entry.Block] = entry.Sequence;
        if (entry.Kind == OperationKind.CloseSession) _closingSessions[entry.Session] = entry.Sequence;
    }

    /// <summary>Whether an operation must wait for a pending one, and for which.</summary>
    public bool TryFindBlocker(in Operation operation, out ulong sequence)
    {
        sequence = 0;
        if (_waiters.Count == 0) return false;
        if (operation.Request.Session != 0 && !Mutant.Is(Mutation.RetryDoesNotWait))
        {
            if (_closingSessions.TryGetValue(operation.Request.Session, out sequence)) return true;
            for (ulong s = log.Committed + 1; s <= log.Last; s++)
            {
                ref LogEntry entry = ref log[s];
                if (entry.IsCommitted || entry.Session != operation.Request.Session || entry.Number != operation.Request.Number) continue;
                sequence = s;
                return true;
            }
        }

        return operation.Key.Generation != 0 && !Mutant.Is(Mutation.RefusalDoesNotWait) && _leases.TryGetValue(operation.Key.Head, out sequence);
    }

    /// <summary>Whether a lease is being changed as a whole.</summary>
    public bool IsChanging(int head) => _leases.ContainsKey(head);

    /// <summary>Keeps an operation until another is committed.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryDefer(ulong sequence, in Operation operation)
    {
        if (_deferredCount == DeferredCountMax) return false;
        if (!_deferred.TryGetValue(sequence, out Queue<Operation>? queue)) _deferred.Add(sequence, queue = new Queue<Operation>());
        queue.Enqueue(operation);
        _deferredCount++;
        return true;
    }

    /// <summary>An operation is committed.</summary>
    /// <param name="entry">It.</param>
    /// <param name="completion">Who waits for it.</param>
    /// <returns>What may be judged now, in the order it came; null for nothing.</returns>
    public Queue<Operation>? Remove(in LogEntry entry, out IOperationCompletion? completion)
    {
        _waiters.Remove(entry.Sequence, out completion);
        if (entry.ChangesLease) _leases.Remove(entry.Block);
        if (entry.Kind == OperationKind.CloseSession) _closingSessions.Remove(entry.Session);
        if (!_deferred.Remove(entry.Sequence, out Queue<Operation>? queue)) return null;
        _deferredCount -= queue.Count;
        return queue;
    }

    /// <summary>Forgets everything: the replica is primary no more. Whoever waited cannot be told the outcome.</summary>
    public void Abandon(Outbox outbox)
    {
        var indeterminate = new OperationResult(OperationStatus.Indeterminate);
        foreach (IOperationCompletion? completion in _waiters.Values) outbox.Reply(completion, indeterminate);
        foreach (Queue<Operation> queue in _deferred.Values)
        {
            foreach (Operation operation in queue) outbox.Reply(operation.Completion, new OperationResult(OperationStatus.NotPrimary));
        }

        _waiters.Clear();
        _deferred.Clear();
        _leases.Clear();
        _closingSessions.Clear();
        _deferredCount = 0;
    }
}
