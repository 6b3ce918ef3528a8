using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>
/// The way to the memory by grain calls. Control goes to the node's <see cref="INodePoolGrain"/>; data goes through the
/// <see cref="ICacheGrain"/> of whichever silo the caller is connected to.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GrainPath : ISegmentPath
{
    private const int CacheBucketCount = 16;

    private readonly IGrainFactory _grains;
    private readonly NodeCall _call;

    /// <summary>Makes the path.</summary>
    public GrainPath(IGrainFactory grains, INodeTopology topology, TimeProvider time, TimeSpan patience)
    {
        _grains = grains;
        _call = new NodeCall(topology, time, patience);
    }

    /// <inheritdoc/>
    public ILocalSegment? TryGetLocal(NodeId home, SegmentId segment) => null;

    /// <inheritdoc/>
    public ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken) =>
        _call.RunToldAsync(
            PoolOperation.Read, reads.Length, reads.Sum(read => (long)read.Count), home,
            _ => AskAsync(home, blockBytes, reads), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _call.RunToldAsync(
            PoolOperation.Write, writes.Length, bytes.Length, home,
            async tries =>
            {
                BlockWriteReply[] replies = await AskAsync(home, writes, bytes);
                PoolErrors.ThrowIfForgotten(replies, writes, tries);
                return replies;
            },
            cancellationToken,
            failure => PoolErrors.Unanswered(writes[0], failure));

    /// <inheritdoc/>
    public ValueTask<ulong> OpenSessionAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken) =>
        _call.RunAsync(home, _ => Control(home).OpenSessionAsync(home.Incarnation, segment), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LeaseReply[]> LeaseAsync(NodeId node, LeaseRequest[] requests, CancellationToken cancellationToken) =>
        _call.RunAsync(node, _ => Control(node).LeaseAsync(requests), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask LeaveAsync(NodeId node, string pool, Guid[] tickets)
    {
        try
        {
            await Control(node).LeaveAsync(pool, tickets);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // A place that nobody asks after is given up by the node.
        }
    }

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> OpenAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        _call.RunAsync(home, _ => Control(home).OpenAsync(extents), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OperationStatus[]> RenewAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        _call.RunAsync(home, _ => Control(home).RenewAsync(extents), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<OperationStatus[]> ReleaseAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        _call.RunAsync(
            home,
            async tries =>
            {
                OperationStatus[] statuses = await Control(home).ReleaseAsync(extents);
                if (tries == 0) return statuses;

                // The attempt whose answer was lost may have freed them; they are free, which is all that was asked.
                return Array.ConvertAll(statuses, status => status == OperationStatus.Fenced ? OperationStatus.Ok : status);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> TransferAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        _call.RunAsync(
            home,
            async tries =>
            {
                ExtentReply[] replies = await Control(home).TransferAsync(extents);
                if (tries == 0) return replies;

                // The attempt whose answer was lost may have raised the generation, and then nobody knows the new one.
                return Array.ConvertAll(
                    replies, reply => reply.Status == OperationStatus.Fenced ? reply with { Status = OperationStatus.Indeterminate } : reply);
            },
            cancellationToken,
            failure => PoolErrors.Unanswered(extents[0], failure));

    /// <inheritdoc/>
    public ValueTask<ExtentReply[]> KeepAsync(NodeId home, LeaseExtent[] extents, string region, CancellationToken cancellationToken) =>
        _call.RunAsync(home, _ => Control(home).KeepAsync(extents, region), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BlockFenceReply[]> FenceAsync(NodeId home, BlockFence[] fences, CancellationToken cancellationToken) =>
        _call.RunAsync(home, _ => Control(home).FenceAsync(fences), cancellationToken);

    /// <summary>One attempt to read.</summary>
    internal Task<ReadReply> AskAsync(NodeId home, int blockBytes, BlockRead[] reads) => Cache(reads[0].Segment).ReadAsync(home, blockBytes, reads);

    /// <summary>One attempt to change.</summary>
    internal Task<BlockWriteReply[]> AskAsync(NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes) =>
        Cache(writes[0].Segment).WriteAsync(home, writes, bytes);

    private INodePoolGrain Control(NodeId home) => NodeKey.Control(_grains, home.Silo);

    private ICacheGrain Cache(SegmentId segment) => _grains.GetGrain<ICacheGrain>((long)(segment.Value % CacheBucketCount));
}
