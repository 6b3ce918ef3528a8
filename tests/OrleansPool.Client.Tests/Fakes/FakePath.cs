using System.Collections.Concurrent;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Fakes;

/// <summary>A way to memory that a test holds in its hand: blocks in a dictionary, and answers that the test may replace.</summary>
internal sealed class FakePath : ISegmentPath
{
    private readonly ConcurrentDictionary<(SegmentId Segment, int Block), byte[]> _blocks = [];
    private readonly int _blockBytes;
    private ulong _sessions;

    public FakePath(int blockBytes = Nodes.BlockBytes)
    {
        _blockBytes = blockBytes;
        OnRead = (_, reads, _) => Task.FromResult(Read(reads));
        OnWrite = (_, writes, bytes, _) => Task.FromResult(Write(writes, bytes));
        OnOpenSession = (_, _) => Task.FromResult(Interlocked.Increment(ref _sessions));
        OnRenew = (_, extents, _) => Task.FromResult(Array.ConvertAll(extents, _ => OperationStatus.Ok));
        OnLease = (_, _, _) => throw new NotSupportedException();
    }

    public Func<NodeId, BlockRead[], CancellationToken, Task<ReadReply>> OnRead { get; set; }

    public Func<NodeId, BlockWrite[], ReadOnlyMemory<byte>, CancellationToken, Task<BlockWriteReply[]>> OnWrite { get; set; }

    /// <summary>A way for single changes; null where there is none.</summary>
    public Func<BlockWrite, ValueTask<BlockWriteReply>>? OnTryWrite { get; set; }

    public Func<NodeId, SegmentId, Task<ulong>> OnOpenSession { get; set; }

    public Func<NodeId, LeaseRequest, CancellationToken, Task<LeaseReply>> OnLease { get; set; }

    public Func<NodeId, LeaseExtent[], CancellationToken, Task<OperationStatus[]>> OnRenew { get; set; }

    public Action<NodeId, LeaseExtent[]>? OnRelease { get; set; }

    public Func<NodeId, LeaseExtent[], ExtentReply[]>? OnTransfer { get; set; }

    public ConcurrentQueue<(NodeId Home, LeaseExtent[] Extents)> Released { get; } = [];

    public ReadReply Read(BlockRead[] reads) => new(
        Array.ConvertAll(reads, _ => new BlockReadReply(OperationStatus.Ok, 1)),
        reads.SelectMany(read => Block(read.Segment, read.Block).AsSpan(read.Offset, read.Count).ToArray()).ToArray());

    public BlockWriteReply[] Write(BlockWrite[] writes, ReadOnlyMemory<byte> bytes)
    {
        foreach (BlockWrite write in writes)
        {
            bytes.Span[..write.Count].CopyTo(Block(write.Segment, write.Block).AsSpan(write.Offset));
            bytes = bytes[write.Count..];
        }

        return All(writes, OperationStatus.Ok);
    }

    public static BlockWriteReply[] All(BlockWrite[] writes, OperationStatus status) =>
        Array.ConvertAll(writes, _ => new BlockWriteReply(status, 1, 0));

    public ILocalSegment? TryGetLocal(NodeId home, SegmentId segment) => null;

    public bool TryWrite(in NodeId home, in BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken, out ValueTask<BlockWriteReply> answer)
    {
        answer = OnTryWrite?.Invoke(write) ?? default;
        return OnTryWrite is not null;
    }

    public async ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken) =>
        await OnRead(home, reads, cancellationToken);

    public async ValueTask<BlockWriteReply[]> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await OnWrite(home, writes, bytes, cancellationToken);

    public async ValueTask<ulong> OpenSessionAsync(NodeId home, SegmentId segment, CancellationToken cancellationToken) =>
        await OnOpenSession(home, segment);

    public async ValueTask<LeaseReply[]> LeaseAsync(NodeId node, LeaseRequest[] requests, CancellationToken cancellationToken) =>
        [await OnLease(node, requests.Single(), cancellationToken)];

    public async ValueTask<OperationStatus[]> RenewAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        await OnRenew(home, extents, cancellationToken);

    public ValueTask<OperationStatus[]> ReleaseAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken)
    {
        Released.Enqueue((home, extents));
        OnRelease?.Invoke(home, extents);
        return new(Array.ConvertAll(extents, _ => OperationStatus.Ok));
    }

    public ValueTask<ExtentReply[]> OpenAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ExtentReply[]> TransferAsync(NodeId home, LeaseExtent[] extents, CancellationToken cancellationToken) =>
        new(OnTransfer!(home, extents));

    public ValueTask<BlockFenceReply[]> FenceAsync(NodeId home, BlockFence[] fences, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask LeaveAsync(NodeId node, string pool, Guid[] tickets) => default;

    public ValueTask<ExtentReply[]> KeepAsync(NodeId home, LeaseExtent[] extents, string region, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private byte[] Block(SegmentId segment, int block) => _blocks.GetOrAdd((segment, block), _ => new byte[_blockBytes]);
}
