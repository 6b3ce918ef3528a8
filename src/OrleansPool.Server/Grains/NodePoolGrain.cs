using Orleans.Concurrency;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Membership;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Placement;
using OrleansPool.Server.Routing;

namespace OrleansPool.Server.Grains;

/// <summary>The control face of this silo's node, and its data lanes: checks whom a call is meant for and hands it to the node.</summary>
[NodePinnedPlacement]
[Reentrant]
internal sealed class NodePoolGrain(NodeHost node, NodeRegistry registry) : Grain, INodePoolGrain
{
    /// <summary>Most leases that one call may be about.</summary>
    public const int CallLeaseCountMax = 10_000;

    public Task<LeaseReply[]> LeaseAsync(LeaseRequest[] requests) =>
        SiloPath.EachAsync(Bounded(requests), node.LeaseAsync).AsTask();

    public Task LeaveAsync(string pool, Guid[] tickets)
    {
        node.Leave(pool, Bounded(tickets));
        return Task.CompletedTask;
    }

    public Task<ExtentReply[]> OpenAsync(LeaseExtent[] extents) => SiloPath.EachAsync(
        Bounded(extents), extent => node.ExecuteAsync(extent, Operation.OnLease(OperationKind.Inspect, extent.Key))).AsTask();

    public Task<OperationStatus[]> RenewAsync(LeaseExtent[] extents) =>
        SiloPath.EachAsync(Bounded(extents), extent => node.EndOrRenewAsync(extent, OperationKind.Renew)).AsTask();

    public Task<OperationStatus[]> ReleaseAsync(LeaseExtent[] extents) =>
        SiloPath.EachAsync(Bounded(extents), extent => node.EndOrRenewAsync(extent, OperationKind.Free)).AsTask();

    public Task<ExtentReply[]> TransferAsync(LeaseExtent[] extents) => SiloPath.EachAsync(
        Bounded(extents), extent => node.ExecuteAsync(extent, Operation.OnLease(OperationKind.Transfer, extent.Key))).AsTask();

    public Task<ExtentReply[]> KeepAsync(LeaseExtent[] extents, string region) => SiloPath.EachAsync(
        Bounded(extents), extent => node.ExecuteAsync(extent, Operation.Keep(extent.Key, region))).AsTask();

    public Task<BlockFenceReply[]> FenceAsync(BlockFence[] fences) => SiloPath.EachAsync(Bounded(fences), node.FenceAsync).AsTask();

    public async Task<ulong> OpenSessionAsync(NodeIncarnation incarnation, SegmentId segment) =>
        incarnation == node.Id.Incarnation ? await node.OpenSessionAsync(segment) : 0;

    public async Task<ReadReply> ReadAsync(NodeIncarnation incarnation, BlockRead[] reads)
    {
        if (incarnation == node.Id.Incarnation) return await node.ReadAsync(Bounded(reads));
        var replies = new BlockReadReply[reads.Length];
        Array.Fill(replies, new BlockReadReply(OperationStatus.WrongIncarnation, 0));
        return new ReadReply(replies, default);
    }

    public async Task<BlockWriteReply[]> WriteAsync(NodeIncarnation incarnation, BlockWrite[] writes, ReadOnlyMemory<byte> bytes)
    {
        if (incarnation == node.Id.Incarnation) return await node.WriteAsync(Bounded(writes), bytes);
        var replies = new BlockWriteReply[writes.Length];
        Array.Fill(replies, new BlockWriteReply(OperationStatus.WrongIncarnation, 0, 0));
        return replies;
    }

    public Task<NodeLoad> ExchangeLoadAsync(NodeLoad load)
    {
        registry.Hear(load);
        return Task.FromResult(registry.OwnLoad);
    }

    public Task<NodeReport> DescribeAsync() => Task.FromResult(node.Describe());

    public Task<LeaseInfo[]> ListLeasesAsync(LeaseQuery query) => node.ListLeasesAsync(query);

    private static T[] Bounded<T>(T[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Length <= CallLeaseCountMax) return items;
        throw new ArgumentException($"One call is about at most {CallLeaseCountMax} items; this one has {items.Length}. Cut it into several.", nameof(items));
    }
}
