namespace OrleansPool.Core.Segments;

/// <summary>
/// What one step of a segment asks of its host: answers to give, blocks to zero. Reused from step to step;
/// the host empties it after every batch, outside the segment.
/// </summary>
/// <remarks>Owned by the executor. Bounded by what one batch can put in it; see <see cref="SegmentExecutor"/>.</remarks>
internal sealed class Outbox
{
    private readonly List<(IOperationCompletion Completion, OperationResult Result)> _replies = [];
    private readonly List<int> _retired = [];
    private readonly List<EndedLease> _ended = [];

    /// <summary>The result of the last step.</summary>
    public OperationResult Result { get; private set; }

    /// <summary>Heads of chains of blocks that have left their lease and must be zeroed before they are used again.</summary>
    public IReadOnlyList<int> Retired => _retired;

    /// <summary>The leases of those chains, in the same order.</summary>
    public IReadOnlyList<EndedLease> Ended => _ended;

    /// <summary>Answers that are due to callers that wait.</summary>
    public IReadOnlyList<(IOperationCompletion Completion, OperationResult Result)> Replies => _replies;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _replies.Clear();
        _retired.Clear();
        _ended.Clear();
        Result = default;
    }

    internal void Reply(IOperationCompletion? completion, in OperationResult result)
    {
        Result = result;
        if (completion is not null) _replies.Add((completion, result));
    }

    internal void Retire(int head, in EndedLease ended)
    {
        _retired.Add(head);
        _ended.Add(ended);
    }
}
