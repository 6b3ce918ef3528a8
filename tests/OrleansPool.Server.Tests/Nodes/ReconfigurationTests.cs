using OrleansPool.Grains;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Tests.Nodes;

/// <summary>What a changed configuration changes while memory is held: limits at once, for new leases; nothing else.</summary>
public sealed class ReconfigurationTests
{
    private const int BlockBytes = 4096;

    [Fact]
    public async Task A_raised_quota_applies_at_once_to_who_asks_and_who_waits()
    {
        using var node = new NodePoolsFixture(pool => pool.MaxBlocksPerNode(2));
        await node.TakeAsync(2 * BlockBytes);
        var waiting = node.AskAsync(2 * BlockBytes, TimeSpan.FromSeconds(5));

        node.Pools.Apply(NodePoolsFixture.Options(pool => pool.MaxBlocksPerNode(20)));

        Assert.Equal(OperationStatus.Ok, (await waiting).Status);
        await node.TakeAsync(16 * BlockBytes);
    }

    [Fact]
    public async Task A_quota_below_what_is_held_takes_nothing_away_and_is_reported()
    {
        using var node = new NodePoolsFixture(_ => { });
        await node.TakeAsync(10 * BlockBytes, "a");

        node.Pools.Apply(NodePoolsFixture.Options(pool => pool.Quota("8KiB").QuotaPerOwner("4KiB")));

        Assert.Equal((10L * BlockBytes, 2L * BlockBytes), (node.Report.LeasedBytes, node.Report.QuotaBytes));
        Assert.Contains(node.Log, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("8192", StringComparison.Ordinal) && line.Contains("40960", StringComparison.Ordinal));
        Assert.Equal((OperationStatus.QuotaExceeded, PoolLimit.PoolBytes), await LimitAsync(node, BlockBytes, "b"));
        node.Pools.Apply(NodePoolsFixture.Options(pool => pool.QuotaPerOwner("4KiB")));
        Assert.Equal((OperationStatus.QuotaExceeded, PoolLimit.OwnerBytes), await LimitAsync(node, BlockBytes, "a"));
        await node.TakeAsync(BlockBytes, "b");
    }

    [Fact]
    public async Task A_changed_block_size_a_new_pool_and_a_missing_one_are_refused_and_told()
    {
        using var node = new NodePoolsFixture(_ => { });
        await node.TakeAsync(BlockBytes);
        var builder = new OrleansPoolBuilder(new OrleansPoolOptions());
        builder.Pool("other").Pool(PoolNames.Default, pool => pool.BlockSize("8KiB").Quota("1MiB"));

        node.Pools.Apply(builder.Options.Pools);

        Assert.Equal((BlockBytes, 0L), (node.Report.BlockBytes, node.Report.QuotaBytes));
        Assert.Equal(2, node.Log.Count);
        Assert.All(node.Log, line => Assert.StartsWith("Error", line, StringComparison.Ordinal));
        Assert.Contains(node.Log, line => line.Contains("'other'", StringComparison.Ordinal) && line.Contains("new", StringComparison.Ordinal));
        Assert.Contains(node.Log, line => line.Contains("4096 B", StringComparison.Ordinal) && line.Contains("8KiB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pools_limits_on_duration_hold_for_leases_and_not_for_regions()
    {
        using var node = new NodePoolsFixture(pool => pool.Durations(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));

        var tooLong = await node.AskAsync(1, duration: TimeSpan.FromSeconds(11));
        var tooShort = await node.AskAsync(1, duration: TimeSpan.FromMilliseconds(999));
        (LeaseReply region, _) = await node.Pools.LeaseAsync(
            new LeaseRequest(PoolNames.Default, 1, TimeSpan.FromMinutes(2), "") { IsForRegion = true });

        Assert.Equal((OperationStatus.OutOfBounds, PoolLimit.DurationMax), (tooLong.Status, tooLong.Hit.Limit));
        Assert.Equal((OperationStatus.OutOfBounds, PoolLimit.DurationMin), (tooShort.Status, tooShort.Hit.Limit));
        Assert.Equal(OperationStatus.Ok, region.Status);
        Assert.Equal(OperationStatus.Ok, (await node.AskAsync(1, duration: TimeSpan.FromSeconds(10))).Status);
    }

    private static async Task<(OperationStatus Status, PoolLimit Limit)> LimitAsync(NodePoolsFixture node, long bytes, string owner)
    {
        var outcome = await node.AskAsync(bytes, owner: owner);
        return (outcome.Status, outcome.Hit.Limit);
    }
}
