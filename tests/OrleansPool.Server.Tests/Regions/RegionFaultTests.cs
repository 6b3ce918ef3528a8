using OrleansPool.Grains;
using OrleansPool.Server.Regions;

namespace OrleansPool.Server.Tests.Regions;

/// <summary>What a region is after storage or a grain failed between two of its steps.</summary>
public sealed class RegionFaultTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    [Fact]
    public async Task Memory_that_was_listed_while_storage_was_silent_is_kept_by_the_sweep()
    {
        var names = new LastingNames();
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1, pool => pool.Options.OrphanInterval = TimeSpan.FromMilliseconds(50), names.Add);
        MemoryRegion region = await cluster.Client.OpenRegionAsync("orders", 4096);
        await region.WriteAsync(0, Bytes);

        // The page table arrives, its answer does not, and nothing can be read: nobody knows that the second extent is listed.
        names.IsSilent = true;
        await Assert.ThrowsAnyAsync<PoolException>(async () => await region.ResizeAsync(8192));
        names.IsSilent = false;

        await FabricCluster.UntilAsync(async () => (await cluster.PoolsAsync("default"))[0].KeptCount == 2, "both extents are kept");
        await using MemoryRegion again = await cluster.Client.OpenRegionAsync("orders");
        Assert.Equal(8192, again.Length);
        Assert.Equal(Bytes, await ReadAsync(again, 0));
    }

    [Fact]
    public async Task An_extent_that_its_node_gave_to_others_is_lost_and_takes_nothing_else_along()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1);
        MemoryRegion region = await cluster.Client.OpenRegionAsync("orders", 4096);
        await region.WriteAsync(0, Bytes);
        await region.ResizeAsync(8192);
        var grain = cluster.Cluster.Client.GetGrain<IRegionGrain>("orders");
        LeaseExtent second = (await grain.OpenAsync())!.Extents[1].Extent;
        var node = cluster.Cluster.Client.GetGrain<INodePoolGrain>(second.Home.Silo.ToParsableString());
        Assert.Equal(OperationStatus.Ok, (await node.ReleaseAsync([second]))[0]);

        await using MemoryRegion again = await cluster.Client.OpenRegionAsync("orders");

        Assert.Equal(new LostRange(4096, 4096, second.Home), Assert.Single(again.LostRanges));
        Assert.Equal(Bytes, await ReadAsync(again, 0));
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await again.ReadAsync(4096, new byte[1]));
        await again.ResizeAsync(4096);
        Assert.Empty(again.LostRanges);
    }

    [Fact]
    public async Task A_region_that_found_no_room_leaves_no_name()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1);
        await Assert.ThrowsAsync<PoolQuotaExceededException>(async () => await cluster.Client.OpenRegionAsync("huge", 1L << 40));

        var catalog = cluster.Cluster.Client.GetGrain<IRegionCatalogGrain>(RegionMemory.BucketOf("huge"));

        Assert.Empty(await catalog.ListAsync());
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_said_to_be_so()
    {
        var names = new LastingNames();
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, configureSilo: names.Add);
        names.IsSilent = true;

        await Assert.ThrowsAsync<PoolUnavailableException>(async () => await cluster.Client.OpenRegionAsync("orders"));
        await Assert.ThrowsAnyAsync<PoolException>(async () => await cluster.Client.OpenRegionAsync("orders", 100));
        await Assert.ThrowsAsync<PoolUnavailableException>(async () => await cluster.Client.ListRegionsAsync());
        names.IsSilent = false;

        await using MemoryRegion region = await cluster.Client.OpenRegionAsync("orders", 100);
        Assert.Equal("orders", Assert.Single(await cluster.Client.ListRegionsAsync()).Name);
    }

    private static async Task<byte[]> ReadAsync(MemoryRegion region, long offset)
    {
        byte[] read = new byte[Bytes.Length];
        await region.ReadAsync(offset, read);
        return read;
    }
}
