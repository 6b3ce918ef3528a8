namespace OrleansPool.Core.Wire;

/// <summary>A primary asks a silent member, by another way than the one on which it is silent, to consent to its removal.</summary>
internal sealed record ConsentRequest(SegmentId Segment, ulong Epoch) : SegmentMessage(Segment, Epoch);
