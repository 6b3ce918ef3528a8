using System.Net;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Leases;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Fakes;

/// <summary>Nodes and extents to test with.</summary>
internal static class Nodes
{
    public const int BlockBytes = 4096;

    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public static NodeId Node(int number) =>
        new(SiloAddress.New(IPAddress.Loopback, 11111 + number, 1), new NodeIncarnation((UInt128)(uint)number + 1));

    /// <summary>An extent of so many blocks, in one run from a block on.</summary>
    public static OpenExtent Extent(NodeId home, ulong segment, int blocks, int first = 0, TimeSpan? duration = null) => new(
        new LeaseExtent(home, new SegmentId(segment), new LeaseKey(first, 1, new LeaseId(segment << 8), LeaseRights.Owner), blocks),
        new LeaseId(segment), duration ?? TimeSpan.FromSeconds(30), [new BlockRun(first, blocks)]);

    public static FabricLease Lease(FabricContext context, params OpenExtent[] extents) => new(
        context, "default", extents.Sum(extent => (long)extent.Extent.BlockCount) * BlockBytes, BlockBytes, extents, isOwned: true);

    /// <summary>An event that has to come; a test that waits longer fails.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(WaitMax);

    public static Task Soon(this Task task) => task.WaitAsync(WaitMax);

    public static Task Cancelled(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task.Soon();
    }
}
