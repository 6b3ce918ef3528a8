namespace OrleansPool.Server.Tests.Locks;

/// <summary>Locks on bytes of which some died with their node.</summary>
public sealed class DeadOwnerTests
{
    private const int RegionBytes = 30 << 20;

    [Fact]
    public async Task The_living_part_is_locked_and_fenced_and_the_lost_part_says_that_it_is_lost()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(3, configureSilo: new LastingNames().Add, volatileNames: false);
        await using MemoryRegion region = await cluster.Client.OpenRegionAsync("wide", RegionBytes);
        RegionLock before = await region.LockAsync(0, RegionBytes, LockMode.Exclusive);
        await region.WriteAsync(0, new byte[RegionBytes], before.Fence);
        int victim = Enumerable.Range(0, 3).First(silo => region.Nodes.Contains(cluster.Node(silo)));
        NodeId dead = cluster.Node(victim);

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[victim]);

        await before.DisposeAsync();
        await using RegionLock after = await region.LockAsync(0, RegionBytes, LockMode.Exclusive, new LockOptions { WaitUpTo = FabricCluster.WaitMax });

        // The silo of the page table may learn of the death later than that of the locks.
        await FabricCluster.UntilAnsweredAsync(
            async () =>
            {
                await region.RefreshAsync();
                return region.LostRanges.Count > 0;
            },
            "the region tells its loss");
        Assert.All(region.LostRanges, lost => Assert.Equal(dead, lost.Node));
        LostRange gone = region.LostRanges[0];
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await region.WriteAsync(gone.Offset, new byte[1], after.Fence));

        // The dead node may have held several pieces in a row.
        long living = 0;
        foreach (LostRange lost in region.LostRanges.Where(lost => lost.Offset == living)) living += lost.Bytes;
        await region.WriteAsync(living, new byte[] { 2 }, after.Fence);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.WriteAsync(living, new byte[] { 3 }, before.Fence));
        byte[] read = new byte[1];
        await region.ReadAsync(living, read);
        Assert.Equal(2, read[0]);
    }
}
