using System.Diagnostics;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Tests.Leases;

/// <summary>A full pool as one contract, from a silo and from a client: other nodes, the spill file, a wait with a deadline that is kept.</summary>
[Collection(SharedCluster.Name)]
public sealed class ExhaustionTests(SharedCluster shared)
{
    private const int Block = 128;
    private const int Whole = 20 * Block;
    private static readonly TimeSpan Patience = FabricCluster.WaitMax;

    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task Who_waits_gets_what_is_given_back(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease all = await fabric.LeaseAsync(SharedCluster.Tiny, Whole);
        Task<MemoryLease> waiting = fabric.LeaseAsync(SharedCluster.Tiny, 10 * Block, new LeaseOptions { WaitUpTo = Patience }).AsTask();
        await UntilWaitersAsync(1);
        var error = await Assert.ThrowsAsync<PoolExhaustedException>(async () => await fabric.LeaseAsync(SharedCluster.Tiny, Block));
        Assert.InRange(error.WaitersAhead, 0, 1);

        await all.DisposeAsync();

        await (await waiting).DisposeAsync();
        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Theory, FromEachFace]
    public async Task A_wait_in_vain_ends_at_its_deadline_with_the_numbers(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using (await fabric.LeaseAsync(SharedCluster.Tiny, Whole))
        {
            var wait = TimeSpan.FromMilliseconds(80);
            long started = Stopwatch.GetTimestamp();
            var error = await Assert.ThrowsAsync<PoolExhaustedException>(
                async () => await fabric.LeaseAsync(SharedCluster.Tiny, Block, new LeaseOptions { WaitUpTo = wait }));

            Assert.True(Stopwatch.GetElapsedTime(started) >= wait);
            Assert.Equal((Block, 0L, 0), (error.BytesAsked, error.BytesFree, error.WaitersAhead));
            Assert.Contains("waited 80 ms", error.Message, StringComparison.Ordinal);
        }

        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Theory, FromEachFace]
    public async Task Who_cancels_leaves_the_queue_and_no_lease_behind(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease all = await fabric.LeaseAsync(SharedCluster.Tiny, Whole);
        using var cancel = new CancellationTokenSource();
        Task<MemoryLease> waiting = fabric.LeaseAsync(
            SharedCluster.Tiny, Block, new LeaseOptions { WaitUpTo = Patience }, cancel.Token).AsTask();
        await UntilWaitersAsync(1);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await UntilWaitersAsync(0);
        await all.DisposeAsync();
        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Fact]
    public async Task Leases_over_both_nodes_that_want_each_others_memory_all_get_it()
    {
        // Each wants 12 of 2 x 10 blocks, and begins at its own node: holding ten while waiting for two would block both for ever.
        // Both begin at once, round after round, so that each has its own node's ten before it asks for the other's.
        for (int round = 0; round < 100; round++)
        {
            await BeforeAnyoneLetsGoAsync(Task.WhenAll(Enumerable.Range(0, 2).Select(silo => Task.Run(async () =>
            {
                await using MemoryLease lease = await Cluster.InSilo(silo).LeaseAsync(
                    SharedCluster.Tiny, 12 * Block, new LeaseOptions { WaitUpTo = FabricCluster.WaitMax });
                Assert.Equal(2, lease.Nodes.Count);
            }))));
        }

        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Theory, FromEachFace]
    public async Task Other_nodes_come_before_waiting(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease one = await fabric.LeaseAsync(SharedCluster.Tiny, 10 * Block);
        await using MemoryLease other = await fabric.LeaseAsync(SharedCluster.Tiny, 10 * Block, new LeaseOptions { WaitUpTo = Patience });
        Assert.NotEqual(one.Nodes[0], other.Nodes[0]);
    }

    [Theory, FromEachFace]
    public async Task What_is_out_of_its_limits_is_refused_here(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await RefusedAsync(new LeaseOptions { WaitUpTo = TimeSpan.FromTicks(-1) }, "from zero");
        await RefusedAsync(new LeaseOptions { WaitUpTo = LeaseOptions.WaitMax + TimeSpan.FromTicks(1) }, "1.00:00:00");
        await RefusedAsync(new LeaseOptions { Spill = (LeaseSpill)9 }, "spill");
        await Assert.ThrowsAsync<PoolQuotaExceededException>(
            async () => await fabric.LeaseAsync(SharedCluster.Tiny, Whole + 1, new LeaseOptions { WaitUpTo = Patience }));

        async Task RefusedAsync(LeaseOptions options, string said)
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await fabric.LeaseAsync(SharedCluster.Tiny, 1, options));
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Awaits what must take less than one call's longest wait, after which even a wrong taker would let go. Told by the ticks that
    /// this process gets, so that a machine that keeps it waiting is not taken for somebody who holds on.
    /// </summary>
    private static async Task BeforeAnyoneLetsGoAsync(Task round)
    {
        var tick = TimeSpan.FromMilliseconds(10);
        using var timer = new PeriodicTimer(tick);
        for (int ticks = 0; await Task.WhenAny(round, timer.WaitForNextTickAsync().AsTask()) != round; ticks++)
        {
            Assert.True(ticks < PoolShare.CallWaitMax / 2 / tick, "each waits for the other");
        }

        await round;
    }

    private Task UntilWaitersAsync(int count) => FabricCluster.UntilAsync(
        async () => (await Cluster.PoolsAsync(SharedCluster.Tiny)).Sum(pool => pool.WaiterCount) == count, $"{count} wait");
}
