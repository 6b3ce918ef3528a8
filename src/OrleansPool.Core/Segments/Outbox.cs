using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Segments;

/// <summary>
/// What one step of a segment asks of its host: answers to give, blocks to zero, messages to send, row changes to propose. Reused
/// from step to step; the host empties it after every batch, outside the segment.
/// </summary>
/// <remarks>
/// <para>An answer is given only before its <c>ValidUntil</c>, on a clock read after the step: until then nobody else can have taken the segment
/// over. A late one goes in again, as the operation that it answers.</para>
/// <para>Owned by the executor. Bounded by what one batch can put in it; see <see cref="Execution.SegmentExecutor"/>.</para>
/// </remarks>
internal sealed class Outbox
{
    private readonly List<(IOperationCompletion Completion, OperationResult Result, Tick ValidUntil)> _replies = [];
    private readonly List<int> _retired = [];
    private readonly List<EndedLease> _ended = [];
    private readonly List<(NodeId To, Message Message)> _messages = [];
    private readonly List<RowChange> _proposals = [];

    /// <summary>The answer to the last step's input, if it was answered at once.</summary>
    public OperationResult Result { get; set; }

    /// <summary>Until when that answer may be given.</summary>
    public Tick ResultValidUntil { get; set; } = Tick.Never;

    /// <summary>Heads of chains of blocks that have left their lease and must be zeroed before they are used again.</summary>
    public IReadOnlyList<int> Retired => _retired;

    /// <summary>The leases of those chains, in the same order.</summary>
    public IReadOnlyList<EndedLease> Ended => _ended;

    /// <summary>Answers that are due to callers that wait.</summary>
    public IReadOnlyList<(IOperationCompletion Completion, OperationResult Result, Tick ValidUntil)> Replies => _replies;

    /// <summary>Messages to other nodes, in the order in which they must leave.</summary>
    public IReadOnlyList<(NodeId To, Message Message)> Messages => _messages;

    /// <summary>Changes of the segment's row in the pool map.</summary>
    public IReadOnlyList<RowChange> Proposals => _proposals;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _replies.Clear();
        _retired.Clear();
        _ended.Clear();
        _messages.Clear();
        _proposals.Clear();
        Result = default;
        ResultValidUntil = Tick.Never;
    }

    internal void Reply(IOperationCompletion? completion, in OperationResult result) => Reply(completion, result, Tick.Never);

    internal void Reply(IOperationCompletion? completion, in OperationResult result, Tick validUntil)
    {
        if (completion is not null) _replies.Add((completion, result, validUntil));
    }

    internal void Retire(int head, in EndedLease ended)
    {
        _retired.Add(head);
        _ended.Add(ended);
    }

    internal void Send(NodeId to, Message message) => _messages.Add((to, message));

    internal void Propose(RowChange change) => _proposals.Add(change);
}
