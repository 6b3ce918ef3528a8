namespace OrleansPool.Core.Wire;

/// <summary>A joiner has taken copies up to a number, or cannot use one.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Snapshot">The snapshot from which the joiner is made.</param>
/// <param name="Number">The last copy that it took.</param>
/// <param name="IsStale">The next one is too old for the joiner's log: it must be made anew.</param>
internal sealed record CopyAck(SegmentId Segment, ulong Epoch, ulong Snapshot, int Number, bool IsStale) : SegmentMessage(Segment, Epoch);
