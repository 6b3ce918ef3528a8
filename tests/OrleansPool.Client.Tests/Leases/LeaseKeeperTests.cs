using System.Collections.Concurrent;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Leases;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Leases;

/// <summary>A held lease is renewed in time, and its holder is never left in the belief that it has what it lost.</summary>
public sealed class LeaseKeeperTests : IAsyncDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Third = Duration / 3;
    private readonly WatchedTime _time = new();
    private readonly FakePath _path = new();
    private readonly ConcurrentQueue<(NodeId Home, int Count)> _calls = [];
    private readonly FabricContext _context;
    private Func<NodeId, LeaseExtent[], CancellationToken, Task<OperationStatus[]>> _answer = (_, extents, _) => All(extents, OperationStatus.Ok);

    public LeaseKeeperTests()
    {
        _path.OnRenew = (home, extents, stop) =>
        {
            _calls.Enqueue((home, extents.Length));
            return _answer(home, extents, stop);
        };
        _context = new FabricContext(_path, new FakeTopology(), null!, _time);
    }

    public ValueTask DisposeAsync() => _context.Keeper.DisposeAsync();

    [Fact]
    public async Task A_lease_is_renewed_at_each_third_of_its_duration()
    {
        FabricLease lease = Keep(Extent(0, 1));
        for (int i = 1; i <= 5; i++)
        {
            await _time.UntilTimerAsync(Third);
            _time.Advance(Third - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i - 1, _calls.Count);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await _time.UntilTimerAsync(Third);
        Assert.Equal(5, _calls.Count);
        Assert.False(lease.Lost.IsCancellationRequested);
        Assert.True(lease.IsKept);
    }

    [Fact]
    public async Task Leases_that_are_due_together_go_to_each_node_in_one_call()
    {
        for (ulong i = 0; i < 30; i++) Keep(Extent((int)(i % 3), i));
        await PassThirdAsync();
        await _time.UntilTimerAsync(Third);

        Assert.Equal([(Nodes.Node(0), 10), (Nodes.Node(1), 10), (Nodes.Node(2), 10)], _calls.OrderBy(call => call.Home.Silo));
    }

    [Fact]
    public async Task A_call_carries_no_more_leases_than_it_may()
    {
        Keep([.. Enumerable.Range(0, (2 * LeaseKeeper.CallExtentCountMax) + 5).Select(i => Extent(0, (ulong)i))]);
        await PassThirdAsync();
        await _time.UntilTimerAsync(Third);

        Assert.Equal([LeaseKeeper.CallExtentCountMax, LeaseKeeper.CallExtentCountMax, 5], _calls.Select(call => call.Count));
    }

    [Theory]
    [InlineData(OperationStatus.Fenced, typeof(LeaseFencedException))]
    [InlineData(OperationStatus.Expired, typeof(LeaseExpiredException))]
    [InlineData(OperationStatus.Forged, typeof(PoolAccessDeniedException))]
    [InlineData(OperationStatus.NoSegment, typeof(LeaseFencedException))]
    public async Task A_lease_that_its_node_refuses_is_lost(OperationStatus refusal, Type error)
    {
        _answer = (_, extents, _) => All(extents, refusal);
        await AssertLostAsync(Keep(Extent(0, 1)), error);
    }

    [Fact]
    public async Task A_lease_on_a_dead_node_is_lost()
    {
        _answer = (_, _, _) => throw new PoolDataLossException("dead");
        await AssertLostAsync(Keep(Extent(0, 1)), typeof(PoolDataLossException));
    }

    [Fact]
    public async Task A_lease_of_a_node_that_never_was_is_lost()
    {
        _answer = (_, _, _) => throw new PoolAccessDeniedException("unknown");
        await AssertLostAsync(Keep(Extent(0, 1)), typeof(PoolAccessDeniedException));
    }

    [Fact]
    public async Task A_lease_whose_second_part_is_refused_is_lost()
    {
        _answer = (home, extents, _) => All(extents, home == Nodes.Node(1) ? OperationStatus.Fenced : OperationStatus.Ok);
        await AssertLostAsync(Keep(Extent(0, 1), Extent(1, 2), Extent(2, 3)), typeof(LeaseFencedException));
    }

    [Fact]
    public async Task A_lease_survives_a_node_that_is_silent_for_less_than_its_time()
    {
        _answer = (_, _, _) => throw new PoolUnavailableException("silent", TimeSpan.FromSeconds(1));
        FabricLease lease = Keep(Extent(0, 1));
        await PassThirdAsync();
        await _time.UntilTimerAsync(Duration / 12);
        _answer = (_, extents, _) => All(extents, OperationStatus.Ok);
        _time.Advance(Duration / 12);

        await _time.UntilTimerAsync(Third);
        Assert.Equal(2, _calls.Count);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_of_a_node_that_answers_nothing_is_held_until_its_time_is_up_and_then_expired()
    {
        _answer = (_, _, stop) => NeverAsync(stop);
        FabricLease lease = Keep(Extent(0, 1));
        await PassThirdAsync();
        await _time.UntilTimerAsync(Duration - Third);
        _time.Advance(Duration - Third - TimeSpan.FromMilliseconds(1));
        Assert.False(lease.Lost.IsCancellationRequested);

        _time.Advance(TimeSpan.FromMilliseconds(1));

        await lease.Lost.Cancelled();
        await Assert.ThrowsAsync<LeaseExpiredException>(async () => await lease.ReadAsync(0, new byte[1]));
    }

    [Fact]
    public async Task A_node_that_answers_nothing_holds_up_no_lease_of_another_node()
    {
        _answer = (home, extents, stop) => home == Nodes.Node(0) ? NeverAsync(stop) : All(extents, OperationStatus.Ok);
        FabricLease silent = Keep(Extent(0, 1));
        FabricLease other = Keep(Extent(1, 2));
        for (int i = 0; i < 3; i++) await PassThirdAsync();

        await silent.Lost.Cancelled();
        await _time.UntilTimerAsync(Third);
        Assert.Equal(3, _calls.Count(call => call.Home == Nodes.Node(1)));
        Assert.False(other.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task The_time_of_a_lease_counts_from_the_sending_of_its_renewal()
    {
        FabricLease lease = Keep(Extent(0, 1), Extent(1, 2));
        long began = lease.ValidUntil;
        _answer = (_, extents, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            return All(extents, OperationStatus.Ok);
        };
        await PassThirdAsync();
        await _time.UntilTimerAsync(Third - TimeSpan.FromSeconds(4));

        Assert.Equal(Third, _time.GetElapsedTime(began, lease.ValidUntil));
    }

    [Fact]
    public async Task A_keeper_that_is_disposed_renews_nothing_and_gives_its_calls_up()
    {
        var stopped = new TaskCompletionSource();
        _answer = async (_, _, stop) =>
        {
            stop.Register(stopped.SetResult);
            return await NeverAsync(stop);
        };
        FabricLease lease = Keep(Extent(0, 1));
        await PassThirdAsync();
        await _time.UntilTimerAsync(Duration - Third);

        await _context.Keeper.DisposeAsync();
        await _context.Keeper.DisposeAsync();

        await stopped.Task.Soon();
        _time.Advance(Duration * 2);
        Assert.Single(_calls);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Leases_that_ended_are_not_renewed_and_do_not_pile_up()
    {
        FabricLease held = Keep(Extent(0, 0));
        for (ulong i = 1; i <= 1000; i++)
        {
            FabricLease lease = Keep(Extent(0, i));
            if (i % 2 == 0) await lease.DisposeAsync();
            else lease.Detach();
            Assert.InRange(_context.Keeper.Count, 1, 4);
        }

        await PassThirdAsync();
        await _time.UntilTimerAsync(Third);
        Assert.Equal([(Nodes.Node(0), 1)], _calls);
        Assert.True(held.IsKept);
    }

    private static OpenExtent Extent(int node, ulong segment) => Nodes.Extent(Nodes.Node(node), segment, 1, duration: Duration);

    private static Task<OperationStatus[]> All(LeaseExtent[] extents, OperationStatus status) =>
        Task.FromResult(Array.ConvertAll(extents, _ => status));

    private static Task<OperationStatus[]> NeverAsync(CancellationToken stop) =>
        new TaskCompletionSource<OperationStatus[]>().Task.WaitAsync(stop);

    private FabricLease Keep(params OpenExtent[] extents)
    {
        FabricLease lease = Nodes.Lease(_context, extents);
        _context.Keeper.Keep(lease, _time.GetTimestamp());
        return lease;
    }

    private async Task PassThirdAsync()
    {
        await _time.UntilTimerAsync(Third);
        _time.Advance(Third);
    }

    private async Task AssertLostAsync(FabricLease lease, Type error)
    {
        await PassThirdAsync();
        await lease.Lost.Cancelled();
        Assert.IsType(error, await Record.ExceptionAsync(async () => await lease.ReadAsync(0, new byte[1])));
        Assert.False(lease.IsKept);
    }
}
