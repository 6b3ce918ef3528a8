namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// Writes a history down while many threads make it. Its clock is a counter that all of them share: what ended before something began has the lower
/// number, which is all that a checker asks of time. Call <see cref="Invoke"/> before the operation begins, and one of the others after it ended.
/// </summary>
public sealed class HistoryRecorder<TInput, TOutput>
{
    private readonly Lock _gate = new();
    private readonly List<HistoryOperation<TInput, TOutput>?> _operations = [];
    private long _now;

    /// <returns>A ticket that names the operation from now on. One that is never given back is an operation of unknown outcome.</returns>
    public int Invoke(int client, TInput input)
    {
        lock (_gate)
        {
            _operations.Add(new HistoryOperation<TInput, TOutput>(client, input, default!, ++_now, HistoryOperation<TInput, TOutput>.Never));
            return _operations.Count - 1;
        }
    }

    /// <summary>The operation was answered.</summary>
    public void Return(int ticket, TOutput output)
    {
        lock (_gate) _operations[ticket] = Open(ticket) with { Output = output, ReturnedAt = ++_now };
    }

    /// <summary>The operation certainly has no effect: it was refused, or it was a read that failed.</summary>
    public void Discard(int ticket)
    {
        lock (_gate)
        {
            _ = Open(ticket);
            _operations[ticket] = null;
        }
    }

    /// <summary>The history so far.</summary>
    public IReadOnlyList<HistoryOperation<TInput, TOutput>> History()
    {
        lock (_gate) return [.. _operations.Where(operation => operation is not null).Select(operation => operation!.Value)];
    }

    private HistoryOperation<TInput, TOutput> Open(int ticket) =>
        _operations[ticket] is { IsKnown: false } operation
            ? operation
            : throw new InvalidOperationException($"The operation of ticket {ticket} has ended already.");
}
