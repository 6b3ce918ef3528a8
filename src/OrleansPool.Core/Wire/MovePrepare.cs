namespace OrleansPool.Core.Wire;

/// <summary>The primary means to hand the segment to the receiver, who first gathers the read leases that it will need.</summary>
internal sealed record MovePrepare(SegmentId Segment, ulong Epoch) : SegmentMessage(Segment, Epoch);
