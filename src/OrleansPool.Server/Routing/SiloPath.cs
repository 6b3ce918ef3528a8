using OrleansPool.Client.Routing;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Routing;

/// <summary>
/// The way to the memory inside a silo: this node's segments directly, without a grain call; other nodes through the silo's block
/// cache and their <see cref="INodePoolGrain"/>.
/// </summary>
internal sealed class SiloPath(NodeHost node, CachedReader cache, RemoteNodes remote) : ISegmentPath
{
    public ILocalSegment? TryGetLocal(NodeId home, SegmentId segment) => home == node.Id ? node.TryGetSegment(segment) : null;

    public ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken) =>
        home == node.Id ? node.ReadAsync(reads) : cache.ReadAsync(home, blockBytes, reads, cancellationToken);

    public ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        home == node.Id ? node.WriteAsync(writes, bytes) : remote.WriteAsync(home, writes, bytes, cancellationToken);

    public ValueTask<ulong> OpenSessionAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken) =>
        home == node.Id ? node.OpenSessionAsync(segment) : remote.Control.OpenSessionAsync(home, segment, cancellationToken);

    public ValueTask<LeaseReply[]> LeaseAsync(NodeId target, LeaseRequest[] requests, CancellationToken cancellationToken) =>
        target == node.Id
            ? EachAsync(requests, node.LeaseAsync)
            : remote.Control.LeaseAsync(target, requests, cancellationToken);

    public ValueTask LeaveAsync(NodeId target, string pool, Guid[] tickets)
    {
        if (target != node.Id) return remote.Control.LeaveAsync(target, pool, tickets);
        node.Leave(pool, tickets);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ExtentReply[]> OpenAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        home == node.Id
            ? EachAsync(extents, extent => node.ExecuteAsync(extent, Operation.OnLease(OperationKind.Inspect, extent.Key)))
            : remote.Control.OpenAsync(home, extents, cancellationToken);

    public ValueTask<OperationStatus[]> RenewAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        home == node.Id
            ? EachAsync(extents, extent => node.EndOrRenewAsync(extent, OperationKind.Renew))
            : remote.Control.RenewAsync(home, extents, cancellationToken);

    public ValueTask<OperationStatus[]> ReleaseAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        home == node.Id
            ? EachAsync(extents, extent => node.EndOrRenewAsync(extent, OperationKind.Free))
            : remote.Control.ReleaseAsync(home, extents, cancellationToken);

    public ValueTask<ExtentReply[]> TransferAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        home == node.Id
            ? EachAsync(extents, extent => node.ExecuteAsync(extent, Operation.OnLease(OperationKind.Transfer, extent.Key)))
            : remote.Control.TransferAsync(home, extents, cancellationToken);

    public ValueTask<ExtentReply[]> KeepAsync(NodeId home, LeaseExtent[] extents, string region, CancellationToken cancellationToken) =>
        home == node.Id
            ? EachAsync(extents, extent => node.ExecuteAsync(extent, Operation.Keep(extent.Key, region)))
            : remote.Control.KeepAsync(home, extents, region, cancellationToken);

    public ValueTask<BlockFenceReply[]> FenceAsync(NodeId home, BlockFence[] fences, CancellationToken cancellationToken) =>
        home == node.Id ? EachAsync(fences, node.FenceAsync) : remote.Control.FenceAsync(home, fences, cancellationToken);

    /// <summary>Asks for one thing after the other.</summary>
    internal static async ValueTask<TReply[]> EachAsync<TItem, TReply>(TItem[] items, Func<TItem, ValueTask<TReply>> ask)
    {
        var replies = new TReply[items.Length];
        for (int i = 0; i < items.Length; i++) replies[i] = await ask(items[i]);
        return replies;
    }
}
