using OrleansPool.Abstractions.Tests.Leases;

namespace OrleansPool.Abstractions.Tests.Fabric;

public sealed class ReportTests
{
    [Fact]
    public void A_pools_bytes_are_its_blocks()
    {
        PoolReport pool = Pool(blockBytes: 4096, blocks: 10, free: 4);

        Assert.Equal(6 * 4096, pool.LeasedBytes);
        Assert.Equal(4 * 4096, pool.FreeBytes);
    }

    [Fact]
    public void A_nodes_bytes_are_the_sums_of_its_pools()
    {
        var node = new NodeReport(
            Tokens.Node(1), "silo", 1 << 30, 10, 1000, 300, 100, 50, [Pool(4096, 10, 4), Pool(128, 10, 10), Pool(1 << 20, 3_000_000, 0)]);

        Assert.Equal((6L * 4096) + (3_000_000L << 20), node.LeasedBytes);
        Assert.Equal(1000 + (4 * 4096) + (10 * 128), node.FreeBytes);
    }

    [Fact]
    public void A_node_without_pools_has_what_no_pool_has_taken()
    {
        var node = new NodeReport(Tokens.Node(1), "silo", 1 << 30, 0, 1000, 0, 0, 0, []);
        Assert.Equal((0L, 1000L), (node.LeasedBytes, node.FreeBytes));
    }

    [Theory]
    [InlineData(100, 100, 0)]
    [InlineData(100, 25, 0.75)]
    [InlineData(100, 0, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(long.MaxValue, 0, 1)]
    public void A_node_is_as_used_as_its_free_memory_says(long capacity, long free, double used) =>
        Assert.Equal(used, new NodeLoad(Tokens.Node(1), capacity, free, 0, 0).UsedRatio);

    private static PoolReport Pool(int blockBytes, long blocks, long free) => new("p", blockBytes, blocks, blocks, free, 1, 0, default);
}
