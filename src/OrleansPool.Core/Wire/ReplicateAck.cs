namespace OrleansPool.Core.Wire;

/// <summary>A replica has every operation up to one.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The epoch of its row that the sender knows.</param>
/// <param name="LastSequence">The operation.</param>
/// <param name="Copy">The snapshot from which the sender was made: what an earlier copy in its place had says nothing.</param>
internal sealed record ReplicateAck(SegmentId Segment, ulong Epoch, ulong LastSequence, ulong Copy) : SegmentMessage(Segment, Epoch);
