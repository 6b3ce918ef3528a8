using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>A run of the stream, from the primary to a replica.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Entries">The operations, in order, without gaps; none, to tell the commit point alone.</param>
/// <param name="CommittedSequence">The highest sequence up to which every operation is committed.</param>
/// <param name="Row">The row, until the receiver has acknowledged something in this epoch; then null.</param>
internal sealed record Replicate(SegmentId Segment, ulong Epoch, StreamEntry[] Entries, ulong CommittedSequence, SegmentRow? Row)
    : SegmentMessage(Segment, Epoch);
