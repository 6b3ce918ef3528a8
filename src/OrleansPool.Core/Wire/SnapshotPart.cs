using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>A part of what a joiner gets first: sessions, results, leases and generations, all of one moment of the stream.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Sequence">The moment: every operation up to it is in the snapshot, none after it.</param>
/// <param name="Part">Which part, from 0.</param>
/// <param name="PartCount">How many there are.</param>
/// <param name="Bytes">The part.</param>
/// <param name="Row">The row that names the joiner.</param>
internal sealed record SnapshotPart(
    SegmentId Segment, ulong Epoch, ulong Sequence, int Part, int PartCount, ReadOnlyMemory<byte> Bytes, SegmentRow Row)
    : SegmentMessage(Segment, Epoch);
