namespace OrleansPool.Core.Wire;

/// <summary>A member asks its primary to be released: it leaves the cluster, or consents to be taken for gone.</summary>
internal sealed record LeaveRequest(SegmentId Segment, ulong Epoch) : SegmentMessage(Segment, Epoch);
