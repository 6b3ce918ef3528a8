using OrleansPool.Core;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>One request that waits. Its state belongs to its <see cref="WaitQueue"/>.</summary>
internal sealed class Waiter(LeaseRequest request, Tick deadline)
{
    private readonly TaskCompletionSource<LeaseOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LeaseRequest Request => request;

    public Tick Deadline => deadline;

    /// <summary>The label under which the ledger counts it.</summary>
    public string Account { get; set; } = "";

    /// <summary>Its place in the queue; null once it has left.</summary>
    public LinkedListNode<Waiter>? Place { get; set; }

    /// <summary>Whether a call waits for the outcome now. Memory is handed only to such a waiter.</summary>
    public bool IsAttended { get; set; } = true;

    /// <summary>Until when its caller may be away; counts while it is not attended.</summary>
    public Tick AwayUntil { get; set; } = Tick.Never;

    /// <summary>When the queue has to look at it next.</summary>
    public Tick DueAt => IsAttended ? deadline : Tick.Min(deadline, AwayUntil);

    public Task<LeaseOutcome> Outcome => _outcome.Task;

    /// <summary>Tells the caller. By the one who took it out of the queue.</summary>
    public void Complete(in LeaseOutcome outcome) => _outcome.SetResult(outcome);

    /// <summary>Tells the caller that serving it failed. By the one who took it out of the queue.</summary>
    public void Fail(Exception cause) => _outcome.SetException(cause);
}
