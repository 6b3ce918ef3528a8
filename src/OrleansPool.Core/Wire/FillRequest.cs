namespace OrleansPool.Core.Wire;

/// <summary>A node asks a primary for a block, to read from and perhaps to keep.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The epoch of its row that the sender knows.</param>
/// <param name="Number">Which request of the sender; the reply has the same.</param>
/// <param name="Block">Which block.</param>
/// <param name="Key">The reader's right.</param>
/// <param name="CacheSession">The session under which the sender may cache the receiver's blocks; 0 if it does not mean to keep this one.</param>
internal sealed record FillRequest(SegmentId Segment, ulong Epoch, long Number, int Block, LeaseKey Key, ulong CacheSession)
    : SegmentMessage(Segment, Epoch);
