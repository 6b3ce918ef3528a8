using OrleansPool.Core;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Simulation.World;

/// <summary>What a step asked for, between the step and its release.</summary>
internal sealed class HeldOutput
{
    public List<(NodeId To, Message Message)> Messages { get; } = [];

    public List<StoreRequest> StoreRequests { get; } = [];

    public List<(IOperationCompletion Completion, OperationResult Result, Tick ValidUntil)> Replies { get; } = [];

    public List<(Segment Segment, int Head)> Retired { get; } = [];

    public bool WantsView { get; private set; }

    /// <summary>Takes all that is in an outbox, and leaves it empty.</summary>
    public void Take(NodeOutbox outbox)
    {
        Messages.AddRange(outbox.Messages);
        StoreRequests.AddRange(outbox.StoreRequests);
        Replies.AddRange(outbox.Replies);
        Retired.AddRange(outbox.Retired);
        WantsView = outbox.WantsView;
        outbox.Clear();
    }

    public void Clear()
    {
        Messages.Clear();
        StoreRequests.Clear();
        Replies.Clear();
        Retired.Clear();
    }
}
