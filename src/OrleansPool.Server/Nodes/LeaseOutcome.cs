using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>What came of a request for memory: all of it, or why not.</summary>
internal readonly record struct LeaseOutcome(OperationStatus Status, LimitHit Hit = default, int WaitersAhead = 0)
{
    public IReadOnlyList<(NodeSegment Segment, LeaseView Lease)> Leases { get; init; } = [];
}
