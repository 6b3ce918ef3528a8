namespace OrleansPool.Core.Wire;

/// <summary>The receiver of a segment holds all read leases that it will need.</summary>
internal sealed record MoveReady(SegmentId Segment, ulong Epoch) : SegmentMessage(Segment, Epoch);
