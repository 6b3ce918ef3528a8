using System.Collections.Concurrent;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Tests.Nodes;

/// <summary>Who waits is served in order or refused at its deadline, never later; nobody is lost.</summary>
public sealed class WaitingTests
{
    private const int BlockBytes = 4096;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_thousand_are_served_in_order_from_memory_that_comes_back_one_block_at_a_time()
    {
        using NodePoolsFixture node = OfBlocks(10);
        LeaseOutcome[] held = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => node.TakeAsync(BlockBytes)));
        var served = new ConcurrentQueue<(int Number, LeaseOutcome Outcome)>();
        Task[] waiters = [.. Enumerable.Range(0, 1000).Select(async number =>
        {
            LeaseOutcome outcome = await node.AskAsync(BlockBytes, Wait);
            served.Enqueue((number, outcome));
        })];
        Assert.Equal(1000, node.Report.WaiterCount);

        LeaseOutcome free = held[0];
        for (int next = 0; next < 1000; next++)
        {
            await NodePoolsFixture.FreeAsync(free);
            await waiters[next];
            Assert.Equal(1000 - next - 1, node.Report.WaiterCount);
            Assert.True(served.TryDequeue(out (int Number, LeaseOutcome Outcome) one));
            Assert.Equal((next, OperationStatus.Ok), (one.Number, one.Outcome.Status));
            free = one.Outcome;
        }

        await NodePoolsFixture.FreeAsync(free);
        Assert.Equal(9 * BlockBytes, node.Report.LeasedBytes);
    }

    [Fact]
    public async Task A_small_request_never_passes_a_large_one()
    {
        using NodePoolsFixture node = OfBlocks(10);
        LeaseOutcome half = await node.TakeAsync(5 * BlockBytes);
        Task<LeaseOutcome> large = node.AskAsync(8 * BlockBytes, Wait);
        Task<LeaseOutcome> small = node.AskAsync(BlockBytes, Wait);

        LeaseOutcome atOnce = await node.AskAsync(BlockBytes);

        Assert.Equal((OperationStatus.Exhausted, 2), (atOnce.Status, atOnce.WaitersAhead));
        Assert.False(large.IsCompleted || small.IsCompleted);
        await NodePoolsFixture.FreeAsync(half);
        Assert.Equal(OperationStatus.Ok, (await large).Status);
        Assert.Equal(OperationStatus.Ok, (await small).Status);
    }

    [Fact]
    public async Task A_deadline_is_kept_and_what_comes_after_it_serves_the_next()
    {
        using NodePoolsFixture node = OfBlocks(10);
        LeaseOutcome all = await node.TakeAsync(10 * BlockBytes);
        Task<LeaseOutcome> early = node.AskAsync(10 * BlockBytes, Wait);
        Task<LeaseOutcome> late = node.AskAsync(BlockBytes, 2 * Wait);

        node.Time.Advance(Wait - TimeSpan.FromMilliseconds(2));
        Assert.False(early.IsCompleted);
        node.Time.Advance(TimeSpan.FromMilliseconds(3));

        Assert.Equal((OperationStatus.Exhausted, 0), ((await early).Status, (await early).WaitersAhead));
        Assert.False(late.IsCompleted);
        await NodePoolsFixture.FreeAsync(all);
        Assert.Equal(OperationStatus.Ok, (await late).Status);
        Assert.Equal(BlockBytes, node.Report.LeasedBytes);
    }

    [Fact]
    public async Task A_head_that_gives_up_lets_the_next_one_have_what_is_there()
    {
        using NodePoolsFixture node = OfBlocks(10);
        await node.TakeAsync(5 * BlockBytes);
        Task<LeaseOutcome> head = node.AskAsync(10 * BlockBytes, Wait);
        Task<LeaseOutcome> next = node.AskAsync(5 * BlockBytes, 2 * Wait);

        node.Time.Advance(Wait + TimeSpan.FromMilliseconds(1));

        Assert.Equal(OperationStatus.Exhausted, (await head).Status);
        Assert.Equal(OperationStatus.Ok, (await next).Status);
    }

    [Fact]
    public async Task A_caller_that_leaves_makes_room_for_the_next()
    {
        using NodePoolsFixture node = OfBlocks(10);
        await node.TakeAsync(5 * BlockBytes);
        var ticket = Guid.NewGuid();
        Task<LeaseOutcome> head = node.AskAsync(10 * BlockBytes, Wait, ticket: ticket);
        Task<LeaseOutcome> next = node.AskAsync(5 * BlockBytes, Wait);

        node.Pools.Leave(PoolNames.Default, [ticket, Guid.NewGuid()]);
        node.Pools.Leave("nobody", [ticket]);

        Assert.Equal(OperationStatus.Exhausted, (await head).Status);
        Assert.Equal(OperationStatus.Ok, (await next).Status);
    }

    [Fact]
    public async Task A_lease_that_runs_out_serves_who_waits()
    {
        using NodePoolsFixture node = OfBlocks(10);
        await node.AskAsync(10 * BlockBytes, duration: TimeSpan.FromSeconds(1));
        Task<LeaseOutcome> waiter = node.AskAsync(10 * BlockBytes, Wait);

        node.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(OperationStatus.Ok, (await waiter).Status);
    }

    [Fact]
    public async Task A_long_wait_is_cut_into_calls_and_keeps_its_place()
    {
        using NodePoolsFixture node = OfBlocks(10);
        LeaseOutcome all = await node.TakeAsync(10 * BlockBytes);
        var ticket = Guid.NewGuid();
        Task<LeaseOutcome> first = node.AskAsync(BlockBytes, TimeSpan.FromSeconds(30), ticket: ticket);
        Task<LeaseOutcome> second = node.AskAsync(10 * BlockBytes, PoolShare.CallWaitMax);
        node.Time.Advance(PoolShare.CallWaitMax - TimeSpan.FromSeconds(1));
        Task<LeaseOutcome> third = node.AskAsync(BlockBytes, PoolShare.CallWaitMax);
        node.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OperationStatus.Waiting, (await first).Status);
        Assert.Equal(OperationStatus.Exhausted, (await second).Status);

        // Its caller is between two calls: what comes back waits for it, and nobody passes.
        await NodePoolsFixture.FreeAsync(all);
        Assert.Equal(2, node.Report.WaiterCount);
        Task<LeaseOutcome> again = node.AskAsync(BlockBytes, TimeSpan.FromSeconds(20), ticket: ticket);

        Assert.Equal(OperationStatus.Ok, (await again).Status);
        Assert.Equal(OperationStatus.Ok, (await third).Status);
    }

    [Fact]
    public async Task A_caller_that_does_not_come_back_loses_its_place()
    {
        using NodePoolsFixture node = OfBlocks(10);
        LeaseOutcome all = await node.TakeAsync(10 * BlockBytes);
        Task<LeaseOutcome> gone = node.AskAsync(10 * BlockBytes, TimeSpan.FromSeconds(30), ticket: Guid.NewGuid());
        node.Time.Advance(PoolShare.CallWaitMax);
        Assert.Equal(OperationStatus.Waiting, (await gone).Status);
        Task<LeaseOutcome> next = node.AskAsync(10 * BlockBytes, PoolShare.CallWaitMax);
        await NodePoolsFixture.FreeAsync(all);

        node.Time.Advance(WaitQueue.AwayMax + TimeSpan.FromMilliseconds(1));

        Assert.Equal(OperationStatus.Ok, (await next).Status);
        Assert.Equal(10 * BlockBytes, node.Report.LeasedBytes);
    }

    [Fact]
    public async Task Too_many_waiters_are_refused_at_once()
    {
        using NodePoolsFixture node = OfBlocks(1);
        LeaseOutcome all = await node.TakeAsync(BlockBytes);
        Task<LeaseOutcome>[] waiters = [.. Enumerable.Range(0, WaitQueue.WaiterCountMax).Select(_ => node.AskAsync(BlockBytes, Wait))];

        LeaseOutcome refused = await node.AskAsync(BlockBytes, Wait);

        Assert.Equal((OperationStatus.Exhausted, PoolLimit.Waiters), (refused.Status, refused.Hit.Limit));
        node.Time.Advance(Wait + TimeSpan.FromMilliseconds(1));
        Assert.All(await Task.WhenAll(waiters), outcome => Assert.Equal(OperationStatus.Exhausted, outcome.Status));
        await NodePoolsFixture.FreeAsync(all);
    }

    [Fact]
    public async Task Leases_of_several_extents_that_want_each_others_memory_all_get_it()
    {
        // The pool has a large and a small segment, and each lease needs blocks of both: holding one's while waiting for the other's
        // would block for ever.
        using var node = new NodePoolsFixture(pool => pool.BlockSize("64KiB"), capacityBytes: 6 << 20);
        long all = node.Report.BlockCountMax;
        int served = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                LeaseOutcome outcome = await node.AskAsync((all - (worker % 3)) << 16, TimeSpan.FromHours(1), ticket: Guid.NewGuid());
                Assert.Equal(OperationStatus.Ok, outcome.Status);
                Assert.True(outcome.Leases.Count > 1);
                Interlocked.Increment(ref served);
                await NodePoolsFixture.FreeAsync(outcome);
            }
        }))).WaitAsync(FabricCluster.WaitMax, TestContext.Current.CancellationToken);

        Assert.Equal(1200, served);
        Assert.Equal(0, node.Report.LeasedBytes);
    }

    [Fact]
    public async Task No_wake_up_is_lost_between_those_who_take_turns()
    {
        using NodePoolsFixture node = OfBlocks(1);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                LeaseOutcome outcome = await node.AskAsync(BlockBytes, PoolShare.CallWaitMax);
                Assert.Equal(OperationStatus.Ok, outcome.Status);
                await NodePoolsFixture.FreeAsync(outcome);
            }
        }))).WaitAsync(FabricCluster.WaitMax, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Parts_that_do_not_come_together_go_back_at_once()
    {
        // Many small blocks, so that taking a part lasts long enough for another to take the other one.
        using var node = new NodePoolsFixture(pool => pool.BlockSize("64B"), capacityBytes: 6 << 20);
        long all = node.Report.BlockCountMax;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                LeaseOutcome outcome = await node.AskAsync((all - 1) * 64);
                if (outcome.Status == OperationStatus.Ok) await NodePoolsFixture.FreeAsync(outcome);
            }
        })));

        Assert.Equal((0L, 0), (node.Report.LeasedBytes, node.Report.OwnerCount));
    }

    [Fact]
    public async Task Waiting_freeing_leaving_and_running_late_at_once_lose_nobody()
    {
        using NodePoolsFixture node = OfBlocks(8);
        long ok = 0;
        using var stop = new CancellationTokenSource();
        Task clock = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                node.Time.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2_000; i++)
            {
                var ticket = Guid.NewGuid();

                // The clock runs as fast as its thread does: only the longest lease outlasts a worker that the machine keeps waiting.
                Task<LeaseOutcome> asked = node.AskAsync(
                    (1 + random.Next(6)) * BlockBytes, TimeSpan.FromMilliseconds(random.Next(1, 20)), $"{worker % 3}", ticket: ticket,
                    duration: LeaseOptions.DurationMax);
                if (random.Next(4) == 0) node.Pools.Leave(PoolNames.Default, [ticket]);
                LeaseOutcome outcome = await asked;
                if (outcome.Status != OperationStatus.Ok) continue;
                Interlocked.Increment(ref ok);
                if (random.Next(2) == 0) await Task.Yield();
                await NodePoolsFixture.FreeAsync(outcome);
            }
        })));
        await stop.CancelAsync();
        await clock;

        // The last round may still be giving back what it took for somebody who left meanwhile.
        Assert.True(ok > 0);
        await FabricCluster.UntilAsync(
            () => new(node.Report is { LeasedBytes: 0, LeaseCount: 0, WaiterCount: 0, OwnerCount: 0 }), "nobody holds, and nobody waits");
    }

    private static NodePoolsFixture OfBlocks(int blocks) => new(pool => pool.MaxBlocksPerNode(blocks));
}
