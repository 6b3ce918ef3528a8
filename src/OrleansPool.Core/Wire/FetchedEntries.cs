namespace OrleansPool.Core.Wire;

/// <summary>Operations that a new primary lacks, from the log of a sealed member.</summary>
internal sealed record FetchedEntries(SegmentId Segment, ulong Epoch, StreamEntry[] Entries) : SegmentMessage(Segment, Epoch);
