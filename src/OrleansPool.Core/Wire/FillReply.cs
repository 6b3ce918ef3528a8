using OrleansPool.Grains;

namespace OrleansPool.Core.Wire;

/// <summary>The committed bytes of a block, or why not.</summary>
/// <param name="Segment">Which segment.</param>
/// <param name="Epoch">The primary's epoch.</param>
/// <param name="Number">Which request it answers.</param>
/// <param name="Block">Which block.</param>
/// <param name="Status">Ok, or why there are no bytes.</param>
/// <param name="Version">Sequence of the operation that wrote the block last.</param>
/// <param name="CacheSession">The session under which the block may be kept; 0 for not at all.</param>
/// <param name="Members">The other in-sync members: the copy counts only while the primary holds the leases of all of them.</param>
/// <param name="Bytes">All bytes of the block.</param>
internal sealed record FillReply(
    SegmentId Segment, ulong Epoch, long Number, int Block, OperationStatus Status, ulong Version, ulong CacheSession, NodeId[] Members,
    ReadOnlyMemory<byte> Bytes) : SegmentMessage(Segment, Epoch);
