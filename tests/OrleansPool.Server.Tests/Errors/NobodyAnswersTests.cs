namespace OrleansPool.Server.Tests.Errors;

/// <summary>A client whose whole cluster is gone hears so in the fabric's own words.</summary>
public sealed class NobodyAnswersTests
{
    [Fact]
    public async Task Every_call_says_that_nobody_answers()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, callPatience: TimeSpan.FromMilliseconds(100));
        IMemoryFabric fabric = cluster.Client;
        MemoryRegion region = await fabric.OpenRegionAsync("orders", 100);
        await (await fabric.LeaseAsync(64)).DisposeAsync();

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[0]);

        await AssertTellsAsync(async () => await fabric.LeaseAsync(64));
        await AssertTellsAsync(async () => await fabric.LeaseAsync(64));
        await AssertTellsAsync(async () => await fabric.OpenRegionAsync("orders"));
        await AssertTellsAsync(async () => await fabric.OpenRegionAsync("others", 100));
        await AssertTellsAsync(async () => await fabric.DeleteRegionAsync("orders"));
        await AssertTellsAsync(async () => await fabric.DescribeAsync());
        await AssertTellsAsync(async () => await fabric.ListRegionsAsync());
        await AssertTellsAsync(async () => await region.ResizeAsync(200));
        await AssertTellsAsync(async () => await region.RefreshAsync());
    }

    private static async Task AssertTellsAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAnyAsync<PoolException>(call);
        Assert.True(error is PoolUnavailableException or PoolIndeterminateException, error.ToString());
        Assert.NotNull(error.InnerException);
    }
}
