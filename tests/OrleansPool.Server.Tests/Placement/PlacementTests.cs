namespace OrleansPool.Server.Tests.Placement;

public sealed class PlacementTests
{
    [Fact]
    public async Task Grains_and_regions_go_where_memory_is_free_and_grains_beside_their_region()
    {
        // A node that was not heard for some intervals counts as full, which it would on a busy machine with shorter ones.
        await using FabricCluster cluster = await FabricCluster.StartAsync(3, pool =>
        {
            pool.Capacity("32MiB");
            pool.Options.LoadInterval = TimeSpan.FromSeconds(2);
        });
        await using MemoryLease load0 = await cluster.InSilo(0).LeaseAsync("default", 25 << 20, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        await using MemoryLease load1 = await cluster.InSilo(1).LeaseAsync("default", 25 << 20, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        string free = cluster.Cluster.Silos[2].SiloAddress.ToParsableString();
        for (int silo = 0; silo < 3; silo++)
        {
            var registry = (Membership.NodeRegistry)cluster.Services(silo).GetService(typeof(Membership.NodeRegistry))!;
            await FabricCluster.UntilAsync(
                () => new(registry.Loads().Where(node => node.Node != cluster.Node(2)).All(node => node.UsedRatio > 0.5)), "the loads are known");
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(free, await cluster.Cluster.Client.GetGrain<IWhereMemoryIsFreeGrain>($"g{i}").GetSiloAsync());
            await using MemoryRegion region = await cluster.Client.OpenRegionAsync($"r{i}", 10_000);
            Assert.Equal(cluster.Node(2), Assert.Single(region.Nodes));
            Assert.Equal(free, await cluster.Cluster.Client.GetGrain<IBesideRegionGrain>($"r{i}/worker").GetSiloAsync());
        }

        Assert.NotNull(await cluster.Cluster.Client.GetGrain<IBesideRegionGrain>("nosuch/worker").GetSiloAsync());
    }
}
