namespace OrleansPool.Simulation.Linearizability;

/// <summary>One operation as its client saw it.</summary>
/// <param name="Client">Who asked; only for people to read.</param>
/// <param name="Input">What was asked.</param>
/// <param name="Output">What was answered; means nothing while the outcome is unknown.</param>
/// <param name="InvokedAt">A moment not after the call began, on a clock that all clients share and that never goes back.</param>
/// <param name="ReturnedAt">A moment not before the call ended; <see cref="Never"/> if its outcome is unknown.</param>
/// <remarks>
/// What certainly had no effect (a refused operation, a read that failed) does not belong into a history. Of two operations that touch in one moment,
/// neither is before the other.
/// </remarks>
public readonly record struct HistoryOperation<TInput, TOutput>(int Client, TInput Input, TOutput Output, long InvokedAt, long ReturnedAt)
{
    /// <summary>The return of an operation that may take effect at any later time, or never.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Whether the client got an answer.</summary>
    public bool IsKnown => ReturnedAt != Never;
}
