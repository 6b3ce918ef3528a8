namespace OrleansPool.Core.Wire;

/// <summary>The newest images of some blocks for a joiner, pending operations among them, as of a moment of the stream.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Snapshot">The snapshot that the copy goes with.</param>
/// <param name="Number">Counts the copies of this join, from 1; the joiner takes them in order.</param>
/// <param name="AfterSequence">The moment: the images hold every operation up to it.</param>
/// <param name="FirstBlock">First block of the range; blocks without a lease in it are not sent.</param>
/// <param name="EndBlock">One past the last block of the range.</param>
/// <param name="Blocks">The images.</param>
internal sealed record CopyBlocks(
    SegmentId Segment, ulong Epoch, ulong Snapshot, int Number, ulong AfterSequence, int FirstBlock, int EndBlock, BlockImage[] Blocks)
    : SegmentMessage(Segment, Epoch);
