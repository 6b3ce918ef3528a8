namespace OrleansPool.Core.Wire;

/// <summary>The member is sealed.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The new primary's epoch.</param>
/// <param name="LastSequence">The end of the member's stream.</param>
/// <param name="CommittedSequence">What it knows to be committed.</param>
internal sealed record SealReply(SegmentId Segment, ulong Epoch, ulong LastSequence, ulong CommittedSequence) : SegmentMessage(Segment, Epoch);
