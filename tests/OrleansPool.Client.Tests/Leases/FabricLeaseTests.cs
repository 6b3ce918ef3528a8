using OrleansPool.Client.Fabric;
using OrleansPool.Client.Leases;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Leases;

public sealed class FabricLeaseTests : IAsyncDisposable
{
    private readonly FakePath _path = new();
    private readonly FabricContext _context;
    private readonly FabricLease _lease;

    public FabricLeaseTests()
    {
        _context = new FabricContext(_path, new FakeTopology(), null!, TimeProvider.System);
        _lease = Nodes.Lease(_context, Nodes.Extent(Nodes.Node(0), 1, 1), Nodes.Extent(Nodes.Node(1), 2, 1));
    }

    public ValueTask DisposeAsync() => _context.Keeper.DisposeAsync();

    [Fact]
    public async Task A_transfer_that_stops_halfway_is_indeterminate_and_ends_the_holding()
    {
        _path.OnTransfer = (home, extents) => home == Nodes.Node(0)
            ? Raised(extents)
            : throw new PoolUnavailableException("silent", TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await _lease.TransferAsync());

        Assert.IsType<PoolUnavailableException>(error.InnerException);
        await _lease.Lost.Cancelled();
        await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await _lease.ReadAsync(0, new byte[1]));
    }

    [Fact]
    public async Task A_transfer_that_the_first_node_refuses_changed_nothing()
    {
        _path.OnTransfer = (_, extents) => Array.ConvertAll(extents, _ => new ExtentReply(OperationStatus.Fenced, null));

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await _lease.TransferAsync());

        Assert.False(_lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_whole_transfer_hands_the_lease_on()
    {
        _path.OnTransfer = (_, extents) => Raised(extents);

        LeaseToken token = await _lease.TransferAsync();

        Assert.All(token.Extents, extent => Assert.Equal(2UL, extent.Key.Generation));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await _lease.ReadAsync(0, new byte[1]));
    }

    private static ExtentReply[] Raised(LeaseExtent[] extents) => Array.ConvertAll(extents, extent => new ExtentReply(
        OperationStatus.Ok,
        new OpenExtent(extent with { Key = extent.Key with { Generation = 2 } }, default, TimeSpan.FromSeconds(30), [new BlockRun(0, 1)])));
}
