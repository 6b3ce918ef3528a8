using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>A new primary asks an in-sync member to take nothing from an earlier one any more, and how far its stream goes.</summary>
internal sealed record Seal(SegmentId Segment, ulong Epoch, SegmentRow Row) : SegmentMessage(Segment, Epoch);
