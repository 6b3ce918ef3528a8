namespace OrleansPool.Core.Wire;

/// <summary>The sender has dropped its copy of a block. One that it fetched later is not meant.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Block">Which block.</param>
/// <param name="Number">Which callback it answers.</param>
internal sealed record InvalidateAck(SegmentId Segment, ulong Epoch, int Block, long Number) : SegmentMessage(Segment, Epoch);
