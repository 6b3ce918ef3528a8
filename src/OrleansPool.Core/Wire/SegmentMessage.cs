namespace OrleansPool.Core.Wire;

/// <summary>A message about one segment.</summary>
/// <param name="Segment">Which.</param>
/// <param name="Epoch">The epoch of its row that the sender knows.</param>
internal abstract record SegmentMessage(SegmentId Segment, ulong Epoch) : Message;
