using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Data;

/// <summary>
/// The way to the memory of an external client: bytes by the data plane, straight to the node that holds them; control by grain calls, and
/// bytes too where the data plane cannot be reached.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DataPath(DataCalls data, GrainPath grains, INodeTopology topology, TimeProvider time, TimeSpan patience) : ISegmentPath
{
    private readonly NodeCall _call = new(topology, time, patience);

    /// <inheritdoc/>
    public ILocalSegment? TryGetLocal(NodeId home, SegmentId segment) => null;

    /// <inheritdoc/>
    public bool TryRead(in NodeId home, in BlockRead read, Memory<byte> destination, CancellationToken cancellationToken, out ValueTask<BlockReadReply> answer) =>
        data.TryRead(home, read, destination, cancellationToken, out answer);

    /// <inheritdoc/>
    public bool TryWrite(in NodeId home, in BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken, out ValueTask<BlockWriteReply> answer) =>
        data.TryWrite(home, write, bytes, cancellationToken, out answer);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(
        NodeId home, int blockBytes, BlockRead[] reads, BlockReadReply[] replies, Memory<byte>[] places, CancellationToken cancellationToken) =>
        await _call.RunToldAsync(
            PoolOperation.Read, reads.Length, places.Sum(place => (long)place.Length), home,
            async _ => await data.ReadAsync(home, reads, replies, places, cancellationToken)
                ?? ReadPlaces.Fill(await grains.AskAsync(home, blockBytes, reads).WaitAsync(cancellationToken), replies, places),
            cancellationToken, waitsForAttempt: true);

    /// <inheritdoc/>
    public ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken) =>
        _call.RunToldAsync(
            PoolOperation.Read, reads.Length, reads.Sum(read => (long)read.Count), home,
            async _ => await data.ReadAsync(home, reads, cancellationToken) ?? await grains.AskAsync(home, blockBytes, reads).WaitAsync(cancellationToken),
            cancellationToken, waitsForAttempt: true);

    /// <inheritdoc/>
    public ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        WriteAsync(
            home, writes, bytes.Length,
            async () => await data.WriteAsync(home, writes, bytes, cancellationToken) ?? await grains.AskAsync(home, writes, bytes).WaitAsync(cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte>[] sources, CancellationToken cancellationToken) =>
        WriteAsync(
            home, writes, sources.Sum(source => (long)source.Length),
            async () => await data.WriteAsync(home, writes, sources, cancellationToken)
                ?? await grains.AskAsync(home, writes, WriteSources.Gather(sources)).WaitAsync(cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ulong> OpenSessionAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken) =>
        grains.OpenSessionAsync(home, segment, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseReply[]> LeaseAsync(NodeId node, LeaseRequest[] requests, CancellationToken cancellationToken) =>
        grains.LeaseAsync(node, requests, cancellationToken);

    /// <inheritdoc/>
    public ValueTask LeaveAsync(NodeId node, string pool, Guid[] tickets) => grains.LeaveAsync(node, pool, tickets);

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> OpenAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        grains.OpenAsync(home, extents, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OperationStatus[]> RenewAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        grains.RenewAsync(home, extents, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OperationStatus[]> ReleaseAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        grains.ReleaseAsync(home, extents, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> TransferAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        grains.TransferAsync(home, extents, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> KeepAsync(NodeId home, LeaseExtent[] extents, string region, CancellationToken cancellationToken) =>
        grains.KeepAsync(home, extents, region, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BlockFenceReply[]> FenceAsync(NodeId home, BlockFence[] fences, CancellationToken cancellationToken) =>
        grains.FenceAsync(home, fences, cancellationToken);

    private ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, long byteCount, Func<Task<BlockWriteReply[]>> attempt, CancellationToken cancellationToken) =>
        _call.RunToldAsync(
            PoolOperation.Write, writes.Length, byteCount, home,
            async tries =>
            {
                BlockWriteReply[] replies = await attempt();
                PoolErrors.ThrowIfForgotten(replies, writes, tries);
                return replies;
            },
            cancellationToken,
            failure => PoolErrors.Unanswered(writes[0], failure), waitsForAttempt: true);
}
