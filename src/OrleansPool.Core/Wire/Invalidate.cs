namespace OrleansPool.Core.Wire;

/// <summary>A block is about to change: whoever keeps a copy drops it, and says so.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Block">Which block.</param>
/// <param name="Sequence">The operation that changes it: older bytes must not be shown once this is acknowledged.</param>
/// <param name="Number">Which callback of the primary; the acknowledgement has the same.</param>
internal sealed record Invalidate(SegmentId Segment, ulong Epoch, int Block, ulong Sequence, long Number) : SegmentMessage(Segment, Epoch);
