using OrleansPool.Grains;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Tests.Nodes;

/// <summary>Quotas are exact, are never waited for, and fair shares decide who goes first where memory is short.</summary>
public sealed class QuotaTests
{
    private const int BlockBytes = 4096;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(PoolLimit.PoolBytes, "40KiB", 0, null, 0)]
    [InlineData(PoolLimit.PoolLeases, null, 10, null, 0)]
    [InlineData(PoolLimit.OwnerBytes, null, 0, "40KiB", 0)]
    [InlineData(PoolLimit.OwnerLeases, null, 0, null, 10)]
    public async Task The_limit_that_is_hit_is_named_and_frees_again(PoolLimit limit, string? bytes, long leases, string? ownerBytes, long ownerLeases)
    {
        using var node = new NodePoolsFixture(pool => pool.Quota(bytes, leases).QuotaPerOwner(ownerBytes, ownerLeases));
        var held = new Queue<LeaseOutcome>();
        for (int i = 0; i < 10; i++) held.Enqueue(await node.TakeAsync(BlockBytes, "a"));

        LeaseOutcome refused = await node.AskAsync(BlockBytes, Wait, "a");

        long most = limit is PoolLimit.PoolBytes or PoolLimit.OwnerBytes ? 10 * BlockBytes : 10;
        Assert.Equal((OperationStatus.QuotaExceeded, new LimitHit(limit, most, most)), (refused.Status, refused.Hit));
        bool isOwners = limit is PoolLimit.OwnerBytes or PoolLimit.OwnerLeases;
        LeaseOutcome other = await node.AskAsync(BlockBytes, owner: "b");
        Assert.Equal(isOwners ? OperationStatus.Ok : OperationStatus.QuotaExceeded, other.Status);
        await NodePoolsFixture.FreeAsync(held.Dequeue());
        await node.TakeAsync(BlockBytes, "a");
        node.Time.Advance(2 * NodePoolsFixture.Duration);
        await NodePoolsFixture.UntilAsync(() => node.Report.LeaseCount == 0 && node.Report.OwnerCount == 0, "all leases run out");
        await node.TakeAsync(BlockBytes, "a");
    }

    [Fact]
    public async Task Quotas_hold_at_every_moment_under_many_threads()
    {
        using var node = new NodePoolsFixture(pool => pool.BlockSize("64B").Quota("6400B", 60).QuotaPerOwner("2560B", 25));
        long[] bytes = new long[4];
        long[] leases = new long[4];
        long refusals = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            var held = new Queue<(LeaseOutcome Outcome, int Owner, int Blocks)>();
            for (int i = 0; i < 4_000; i++)
            {
                int owner = random.Next(3);
                int blocks = 1 + random.Next(5);
                LeaseOutcome outcome = await node.AskAsync(blocks * 64, owner: $"owner {owner}");
                if (outcome.Status == OperationStatus.Ok)
                {
                    // Counted after it was taken and before it is freed, so these sums never exceed what is really held.
                    Assert.True(Interlocked.Add(ref bytes[owner], blocks * 64) <= 2560);
                    Assert.True(Interlocked.Add(ref leases[owner], outcome.Leases.Count) <= 25);
                    Assert.True(Interlocked.Add(ref bytes[3], blocks * 64) <= 6400);
                    Assert.True(Interlocked.Add(ref leases[3], outcome.Leases.Count) <= 60);
                    held.Enqueue((outcome, owner, blocks));
                }
                else
                {
                    Assert.Equal(OperationStatus.QuotaExceeded, outcome.Status);
                    Interlocked.Increment(ref refusals);
                }

                if (held.Count > 0 && (outcome.Status != OperationStatus.Ok || random.Next(2) == 0)) await FreeAsync(held.Dequeue());
            }

            while (held.TryDequeue(out (LeaseOutcome, int, int) one)) await FreeAsync(one);
        })));

        Assert.True(refusals > 0);
        Assert.Equal((0L, 0), (node.Report.LeasedBytes, node.Report.OwnerCount));

        async Task FreeAsync((LeaseOutcome Outcome, int Owner, int Blocks) one)
        {
            foreach (int i in new[] { one.Owner, 3 })
            {
                Interlocked.Add(ref bytes[i], -one.Blocks * 64);
                Interlocked.Add(ref leases[i], -one.Outcome.Leases.Count);
            }

            await NodePoolsFixture.FreeAsync(one.Outcome);
        }
    }

    [Fact]
    public async Task What_does_not_come_together_leaves_no_charge()
    {
        using var node = new NodePoolsFixture(pool => pool.BlockSize("1MiB"), capacityBytes: 16 << 20);
        long most = node.Report.BlockCountMax;
        LeaseOutcome one = await node.TakeAsync(1 << 20, "a");
        Assert.Equal(OperationStatus.Exhausted, (await node.AskAsync(most << 20, owner: "b")).Status);
        Assert.Equal(1, node.Report.OwnerCount);
        await NodePoolsFixture.FreeAsync(one);
        Assert.Equal(0, node.Report.OwnerCount);
    }

    [Fact]
    public async Task Who_holds_a_fair_share_lets_the_others_go_first()
    {
        using var node = new NodePoolsFixture(pool => pool.MaxBlocksPerNode(10));
        var greedy = new Queue<LeaseOutcome>();
        for (int i = 0; i < 10; i++) greedy.Enqueue(await node.TakeAsync(BlockBytes, "greedy"));
        Task<LeaseOutcome>[] more = [.. Enumerable.Range(0, 5).Select(_ => node.AskAsync(BlockBytes, Wait, "greedy"))];
        Task<LeaseOutcome>[] modest = [.. Enumerable.Range(0, 5).Select(_ => node.AskAsync(BlockBytes, Wait, "modest"))];

        // Down to five each, every block goes to the owner who has less, and in order among its own.
        for (int i = 0; i < 5; i++)
        {
            await NodePoolsFixture.FreeAsync(greedy.Dequeue());
            await modest[i];
            Assert.False(more[0].IsCompleted);
        }

        // Neither has more than its share now: first come, first served.
        await NodePoolsFixture.FreeAsync(greedy.Dequeue());
        Assert.Equal(OperationStatus.Ok, (await more[0]).Status);
        Assert.False(more[1].IsCompleted);
        node.Time.Advance(2 * Wait);
        Assert.All(await Task.WhenAll(more[1..]), outcome => Assert.Equal(OperationStatus.Exhausted, outcome.Status));
    }

    [Fact]
    public async Task A_waiter_whose_quota_is_used_up_when_its_turn_comes_is_told_and_blocks_nobody()
    {
        using var node = new NodePoolsFixture(pool => pool.MaxBlocksPerNode(4).QuotaPerOwner("8KiB"));
        LeaseOutcome all = await node.TakeAsync(2 * BlockBytes, "x");
        await node.TakeAsync(2 * BlockBytes, "y");
        Task<LeaseOutcome>[] mine = [.. Enumerable.Range(0, 3).Select(_ => node.AskAsync(BlockBytes, Wait, "a"))];
        Task<LeaseOutcome> other = node.AskAsync(BlockBytes, 2 * Wait, "b");

        await NodePoolsFixture.FreeAsync(all);

        Assert.Equal(OperationStatus.Ok, (await mine[0]).Status);
        Assert.Equal(OperationStatus.Ok, (await mine[1]).Status);
        node.Time.Advance(Wait + TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(OperationStatus.Ok, (await mine[2]).Status);
        await NodePoolsFixture.FreeAsync(await mine[0]);
        Assert.Equal(OperationStatus.Ok, (await other).Status);
    }

    [Fact]
    public async Task The_last_lease_of_a_quota_has_one_holder_at_a_time()
    {
        var ledger = new PoolLedger();
        PoolLimits limits = PoolLimits.Of(NodePoolsFixture.Options(pool => pool.QuotaPerOwner(null, leases: 1))[0]);
        int holders = 0;
        long charged = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                if (!ledger.TryCharge("a", 8, 1, limits, out string account, out LimitHit _)) continue;
                Assert.Equal(1, Interlocked.Increment(ref holders));
                charged++;
                Interlocked.Decrement(ref holders);
                ledger.Discharge(account, 8, 1);
            }
        })));

        Assert.True(charged > 0);
        Assert.Equal((0L, 0L, 0), (ledger.Bytes, ledger.Leases, ledger.OwnerCount));
    }

    [Fact]
    public void More_owners_than_are_told_apart_share_one_account()
    {
        var ledger = new PoolLedger();
        PoolLimits limits = PoolLimits.Of(NodePoolsFixture.Options(_ => { })[0]);
        for (int i = 0; i < PoolLedger.OwnerCountMax; i++) Assert.True(ledger.TryCharge($"{i}", 1, 1, limits, out _, out _));

        Assert.True(ledger.TryCharge("one more", 1, 1, limits, out string account, out _));

        Assert.Equal("", account);
        ledger.Discharge(account, 1, 1);
        Assert.Equal(PoolLedger.OwnerCountMax, ledger.OwnerCount);
        Assert.Throws<InvalidOperationException>(() => ledger.Discharge("0", 2, 1));
    }

    [Fact]
    public async Task Sparse_segments_are_reported()
    {
        using var node = new NodePoolsFixture(pool => pool.BlockSize("64KiB"));
        LeaseOutcome one = await node.TakeAsync(1);
        Assert.Equal((1, 1), (node.Report.SparseSegmentCount, node.Report.SegmentCount));
        await NodePoolsFixture.FreeAsync(one);
        Assert.Equal(0, node.Report.SparseSegmentCount);
    }
}
