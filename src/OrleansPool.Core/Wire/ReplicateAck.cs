namespace OrleansPool.Core.Wire;

/// <summary>A replica has every operation up to one.</summary>
internal sealed record ReplicateAck(SegmentId Segment, ulong Epoch, ulong LastSequence) : SegmentMessage(Segment, Epoch);
