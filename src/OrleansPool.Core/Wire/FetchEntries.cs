namespace OrleansPool.Core.Wire;

/// <summary>A new primary asks the sealed member with the longest stream for what it lacks. Answered by <see cref="FetchedEntries"/>.</summary>
internal sealed record FetchEntries(SegmentId Segment, ulong Epoch, ulong FirstSequence) : SegmentMessage(Segment, Epoch);
