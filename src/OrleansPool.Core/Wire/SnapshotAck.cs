namespace OrleansPool.Core.Wire;

/// <summary>The joiner has the parts of a snapshot up to some; all of them once they are as many as there are.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Sequence">The snapshot's moment.</param>
/// <param name="PartCount">How many parts it has, from the first without a gap. -1: it has no memory for the copy.</param>
internal sealed record SnapshotAck(SegmentId Segment, ulong Epoch, ulong Sequence, int PartCount) : SegmentMessage(Segment, Epoch);
