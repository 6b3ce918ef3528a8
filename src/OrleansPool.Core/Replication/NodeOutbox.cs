using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>What one step of a node asks of its host. Emptied by the host after every step.</summary>
internal sealed class NodeOutbox
{
    /// <summary>What the node's segments ask.</summary>
    public Outbox Segment { get; } = new();

    /// <summary>Messages to others, in order.</summary>
    public List<(NodeId To, Message Message)> Messages { get; } = [];

    /// <summary>Requests to the store.</summary>
    public List<StoreRequest> StoreRequests { get; } = [];

    /// <summary>Answers that are due to callers of segments.</summary>
    public List<(IOperationCompletion Completion, OperationResult Result, Tick ValidUntil)> Replies { get; } = [];

    /// <summary>Chains of blocks that are to be zeroed.</summary>
    public List<(Segment Segment, int Head)> Retired { get; } = [];

    /// <summary>Segments that found their own state broken and serve nobody any more.</summary>
    public List<(SegmentId Segment, SegmentFaultException Fault)> Faults { get; } = [];

    /// <summary>A newer membership view is known to exist.</summary>
    public bool WantsView { get; set; }

    /// <summary>Rows that were learned, and which proposed epoch of them is settled thereby; 0 for none. For the node itself.</summary>
    internal List<(SegmentRow Row, ulong SettledEpoch)> Learned { get; } = [];

    /// <summary>Rows that this node changed, to be told to everybody. For the node itself.</summary>
    internal List<SegmentRow> Announced { get; } = [];

    /// <summary>Somebody may have died. For the node itself.</summary>
    internal bool MustReview { get; set; }

    public void Clear()
    {
        Messages.Clear();
        StoreRequests.Clear();
        Replies.Clear();
        Retired.Clear();
        Faults.Clear();
        WantsView = false;
    }

    /// <summary>Takes over what a step of a segment asks, and makes room for the next.</summary>
    public void Gather(Segment segment)
    {
        for (int i = 0; i < Segment.Messages.Count; i++) Messages.Add(Segment.Messages[i]);
        for (int i = 0; i < Segment.Retired.Count; i++) Retired.Add((segment, Segment.Retired[i]));
        for (int i = 0; i < Segment.Replies.Count; i++) Replies.Add(Segment.Replies[i]);
        Segment.Clear();
    }
}
