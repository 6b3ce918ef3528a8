using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Regions;

[Collection(SharedCluster.Name)]
public sealed class RegionTests(SharedCluster shared) : IAsyncDisposable
{
    private FabricCluster Cluster => shared.Fabric;

    public async ValueTask DisposeAsync()
    {
        foreach (RegionInfo region in await Cluster.Client.ListRegionsAsync()) await Cluster.Client.DeleteRegionAsync(region.Name);
    }

    [Theory, FromEachFace]
    public async Task A_region_that_shrank_and_grew_again_has_zeros_where_it_was_cut(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using (MemoryRegion region = await fabric.OpenRegionAsync("cut", 20_000))
        {
            await region.WriteAsync(0, Enumerable.Repeat((byte)1, 20_000).ToArray());
            await region.ResizeAsync(5_000);
            Assert.Equal(5_000, region.Length);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await region.WriteAsync(5_000, new byte[1]));
            await region.ResizeAsync(20_000);

            byte[] read = new byte[20_000];
            await region.ReadAsync(0, read);
            Assert.All(read[..5_000], value => Assert.Equal(1, value));
            Assert.All(read[5_000..], value => Assert.Equal(0, value));
        }

        await DeleteAsync("cut");
    }

    [Theory, FromEachFace]
    public async Task A_handle_learns_of_a_length_that_another_changed(Face face)
    {
        await using MemoryRegion mine = await Cluster.As(face).OpenRegionAsync("shared", 1_000_000);
        await using (MemoryRegion other = await Cluster.InSilo(1).OpenRegionAsync("shared"))
        {
            await other.ResizeAsync(3_000_000);
            await other.WriteAsync(2_999_999, new byte[] { 4 });
        }

        await mine.RefreshAsync();
        byte[] read = new byte[1];
        Assert.Equal(1, await mine.ReadAsync(2_999_999, read));
        Assert.Equal(4, read[0]);
        await DeleteAsync("shared");
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await mine.RefreshAsync());
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await mine.ReadAsync(0, read));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await mine.ResizeAsync(10));
    }

    [Theory, FromEachFace]
    public async Task A_region_that_was_deleted_and_made_anew_is_another_one(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryRegion old = await fabric.OpenRegionAsync("again", 10_000);
        await old.WriteAsync(0, new byte[] { 1 });
        await DeleteAsync("again");
        await using MemoryRegion made = await fabric.OpenRegionAsync("again", 10_000);

        byte[] read = new byte[1];
        await made.ReadAsync(0, read);
        Assert.Equal(0, read[0]);

        // What was meant for the old region never reaches the new one.
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await old.WriteAsync(0, new byte[] { 2 }));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await old.ReadAsync(0, read));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await old.ResizeAsync(5));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await old.RefreshAsync());
        Assert.False(old.TryRead(0, read));
        await made.ReadAsync(0, read);
        Assert.Equal(0, read[0]);
        Assert.Equal(10_000, made.Length);
        await DeleteAsync("again");
    }

    [Theory, FromEachFace]
    public async Task Two_who_make_one_region_at_once_get_the_same(Face face)
    {
        MemoryRegion[] opened = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
            await (i % 2 == 0 ? Cluster.As(face) : Cluster.InSilo(1)).OpenRegionAsync("race", 100_000)));

        await Task.WhenAll(opened.Select(region => region.AddAsync(0, 1).AsTask()));

        Assert.Equal(16, await opened[0].AddAsync(0, 0));
        await DeleteAsync("race");
        await Cluster.AssertNothingLeasedAsync("default");
    }

    [Theory, FromEachFace]
    public async Task A_region_without_room_to_grow_stays_as_it_was(Face face)
    {
        await using (MemoryRegion region = await Cluster.As(face).OpenRegionAsync("narrow", 128, new RegionOptions { Pool = SharedCluster.Tiny }))
        {
            await region.WriteAsync(0, new byte[] { 8 });
            await using (await Cluster.As(face).LeaseAsync(SharedCluster.Tiny, 18 * 128))
            {
                await Assert.ThrowsAsync<PoolExhaustedException>(async () => await region.ResizeAsync(3 * 128));
            }

            Assert.Equal(128, region.Length);
            await region.ResizeAsync(20 * 128);
            byte[] read = new byte[20 * 128];
            await region.ReadAsync(0, read);
            Assert.Equal(8, read[0]);
            Assert.All(read[1..], value => Assert.Equal(0, value));
        }

        await DeleteAsync("narrow");
        await Cluster.AssertNothingLeasedAsync(SharedCluster.Tiny);
    }

    [Fact]
    public async Task Memory_kept_for_a_region_that_does_not_list_it_is_swept()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1, pool => pool.Options.OrphanInterval = TimeSpan.FromMilliseconds(50));
        IMemoryFabric fabric = cluster.Client;
        await using MemoryRegion listed = await fabric.OpenRegionAsync("listed", 5_000);
        await listed.WriteAsync(0, new byte[] { 1 });

        // What a grain that was killed between KEEP and its page table leaves behind.
        LeaseToken orphan = (await fabric.LeaseAsync(5_000)).Detach();
        var node = cluster.Cluster.Client.GetGrain<INodePoolGrain>(orphan.Extents[0].Home.Silo.ToParsableString());
        ExtentReply[] kept =
        [
            .. await node.KeepAsync([.. orphan.Extents], "listed"),
            .. await node.KeepAsync([.. (await fabric.LeaseAsync(5_000)).Detach().Extents], "nosuch"),
        ];
        Assert.Equal([OperationStatus.Ok, OperationStatus.Ok], kept.Select(reply => reply.Status));

        await FabricCluster.UntilAsync(async () => (await cluster.PoolsAsync("default"))[0].KeptCount == 1, "orphans are freed");
        byte[] read = new byte[1];
        await listed.ReadAsync(0, read);
        Assert.Equal(1, read[0]);
    }

    [Fact]
    public async Task Names_in_memory_storage_are_refused_on_two_silos_unless_allowed()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(2, volatileNames: false);
        foreach (IMemoryFabric fabric in new[] { cluster.InSilo(0), cluster.Client })
        {
            var error = await Assert.ThrowsAsync<PoolConfigurationException>(async () => await fabric.OpenRegionAsync("orders", 100));
            Assert.Contains("AllowVolatileNames", error.Message, StringComparison.Ordinal);
            await using MemoryLease lease = await fabric.LeaseAsync(100);
        }
    }

    [Fact]
    public async Task One_silo_on_its_own_may_name_regions_in_memory()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, volatileNames: false);
        await using MemoryRegion region = await cluster.Client.OpenRegionAsync("orders", 100);
        Assert.Equal(100, region.Length);
    }

    private async Task DeleteAsync(string name) => Assert.True(await Cluster.InSilo(1).DeleteRegionAsync(name));
}
