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

    [Fact]
    public async Task A_read_that_fails_clears_its_buffer_at_whichever_step_it_failed()
    {
        FabricLease detached = Nodes.Lease(_context, Nodes.Extent(Nodes.Node(0), 1, 1));
        detached.Detach();
        FabricLease disposed = Nodes.Lease(_context, Nodes.Extent(Nodes.Node(0), 1, 1));
        disposed.Detach();
        await disposed.DisposeAsync();
        await AssertClearsAsync<LeaseFencedException>(detached, 0);
        await AssertClearsAsync<ObjectDisposedException>(disposed, 0);
        await AssertClearsAsync<ArgumentOutOfRangeException>(_lease, -1);
        await AssertClearsAsync<ArgumentOutOfRangeException>(_lease, _lease.Length + 1);
        await AssertClearsAsync<OperationCanceledException>(_lease, 0, new CancellationToken(canceled: true));
        _lease.Lose(OperationStatus.Lost, _lease.Token.Extents[0]);
        await AssertClearsAsync<PoolDataLossException>(_lease, 0);
    }

    private static async Task AssertClearsAsync<TError>(FabricLease lease, long offset, CancellationToken stop = default)
        where TError : Exception
    {
        byte[] read = [1, 2, 3];
        await Assert.ThrowsAnyAsync<TError>(async () => await lease.ReadAsync(offset, read, stop));
        Assert.Equal(new byte[3], read);
    }

    private static ExtentReply[] Raised(LeaseExtent[] extents) => Array.ConvertAll(extents, extent => new ExtentReply(
        OperationStatus.Ok,
        new OpenExtent(extent with { Key = extent.Key with { Generation = 2 } }, default, TimeSpan.FromSeconds(30), [new BlockRun(0, 1)])));
}
