using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>
/// The way to the memory: everything that leases and regions ask of a node goes through here. In a silo it touches the silo's own
/// segments directly; elsewhere it calls grains.
/// </summary>
/// <remarks>
/// Thread-safe. Every call names the node that it is meant for, and throws <see cref="PoolDataLossException"/> when that node is
/// gone, <see cref="PoolUnavailableException"/> when it does not answer, and <see cref="PoolAccessDeniedException"/> when there
/// never was such a node. Other outcomes are values.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ISegmentPath
{
    /// <summary>The segment, if its bytes are in this process.</summary>
    ILocalSegment? TryGetLocal(NodeId home, SegmentId segment);

    /// <summary>
    /// Sends one read, where that takes nothing but sending: no wait, no retry, nothing allocated. Whoever gets anything but Ok, or an
    /// <see cref="IOException"/>, asks again by the method that waits.
    /// </summary>
    /// <returns>False where there is no such way now.</returns>
    bool TryRead(in NodeId home, in BlockRead read, Memory<byte> destination, CancellationToken cancellationToken, out ValueTask<BlockReadReply> answer)
    {
        answer = default;
        return false;
    }

    /// <summary>
    /// Sends one change, where that takes nothing but sending. Whoever gets anything but Ok or Mismatch, or an
    /// <see cref="IOException"/>, asks again by the method that waits, under the same request id.
    /// </summary>
    /// <returns>False where there is no such way now.</returns>
    bool TryWrite(in NodeId home, in BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken, out ValueTask<BlockWriteReply> answer)
    {
        answer = default;
        return false;
    }

    /// <summary>Reads blocks into the caller's memory.</summary>
    /// <param name="home">The node.</param>
    /// <param name="blockBytes">Size of the blocks.</param>
    /// <param name="reads">What.</param>
    /// <param name="replies">Gets an answer for each.</param>
    /// <param name="places">One for each, as long as its count. Gets the bytes if the answer is Ok.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    async ValueTask ReadAsync(
        NodeId home, int blockBytes, BlockRead[] reads, BlockReadReply[] replies, Memory<byte>[] places, CancellationToken cancellationToken) =>
        ReadPlaces.Fill(await ReadAsync(home, blockBytes, reads, cancellationToken), replies, places);

    /// <summary>Reads blocks.</summary>
    ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken);

    /// <summary>
    /// Changes blocks, in order; after one that is not Ok or Mismatch the rest of the same lease are not tried, and answer Busy.
    /// </summary>
    ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>The same, where the bytes lie in many places.</summary>
    /// <param name="home">The node.</param>
    /// <param name="writes">What to do; all of them writes of bytes.</param>
    /// <param name="sources">The bytes of each.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte>[] sources, CancellationToken cancellationToken) =>
        WriteAsync(home, writes, WriteSources.Gather(sources), cancellationToken);

    /// <summary>Opens a session for exactly-once requests; zero where there is no such segment.</summary>
    ValueTask<ulong> OpenSessionAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken);

    /// <summary>Takes leases.</summary>
    ValueTask<LeaseReply[]> LeaseAsync(NodeId node, LeaseRequest[] requests, CancellationToken cancellationToken);

    /// <summary>Gives up places in a node's queue; a node that does not answer forgets them by itself.</summary>
    ValueTask LeaveAsync(NodeId node, string pool, Guid[] tickets);

    /// <summary>Looks leases up.</summary>
    ValueTask<ExtentReply[]> OpenAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken);

    /// <summary>Restarts durations.</summary>
    ValueTask<OperationStatus[]> RenewAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken);

    /// <summary>Frees leases.</summary>
    ValueTask<OperationStatus[]> ReleaseAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken);

    /// <summary>Raises generations.</summary>
    ValueTask<ExtentReply[]> TransferAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken);

    /// <summary>Makes leases last until they are freed.</summary>
    ValueTask<ExtentReply[]> KeepAsync(NodeId home, LeaseExtent[] extents, string region, CancellationToken cancellationToken);

    /// <summary>Sets lock fences.</summary>
    ValueTask<BlockFenceReply[]> FenceAsync(NodeId home, BlockFence[] fences, CancellationToken cancellationToken);
}
