namespace OrleansPool.Core.Wire;

/// <summary>The sender shows no bytes of a block that are older than an operation.</summary>
internal sealed record InvalidateAck(SegmentId Segment, ulong Epoch, int Block, ulong Sequence) : SegmentMessage(Segment, Epoch);
