namespace OrleansPool.Server.Tests.Nodes;

/// <summary>What a dead silo takes along is lost loudly; everything else goes on.</summary>
public sealed class DeadNodeTests
{
    private static readonly LeaseOptions Local = new() { Fallback = LeaseFallback.LocalNodeOnly };

    [Fact]
    public async Task Its_leases_are_lost_and_all_others_go_on()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(3);
        MemoryLease doomed = await cluster.InSilo(2).LeaseAsync("default", 5_000, Local);
        LeaseToken token = doomed.Token;
        await using MemoryLease kept = await cluster.InSilo(1).LeaseAsync("default", 5_000, Local);
        await kept.WriteAsync(0, new byte[] { 6 });
        await using MemoryLease heldBySilo = await cluster.InSilo(0).AdoptAsync(token);
        await using MemoryLease seenByClient = await cluster.Client.OpenAsync(token);
        var told = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = heldBySilo.Lost.Register(told.SetResult);
        NodeId dead = cluster.Node(2);

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[2]);

        foreach (MemoryLease lease in new[] { heldBySilo, seenByClient })
        {
            byte[] read = [1];
            var error = await Assert.ThrowsAsync<PoolDataLossException>(async () => await lease.ReadAsync(0, read));
            Assert.Contains(dead.ToString(), error.Message, StringComparison.Ordinal);
            Assert.Equal(0, read[0]);
            await Assert.ThrowsAsync<PoolDataLossException>(async () => await lease.WriteAsync(0, read));
            await Assert.ThrowsAsync<PoolDataLossException>(async () => await lease.AddAsync(0, 1));
        }

        await told.Task.WaitAsync(FabricCluster.WaitMax, TestContext.Current.CancellationToken);
        foreach (IMemoryFabric fabric in new[] { cluster.InSilo(0), cluster.Client })
        {
            await Assert.ThrowsAsync<PoolDataLossException>(async () => await fabric.OpenAsync(token));
            await using MemoryLease view = await fabric.OpenAsync(kept.Token);
            byte[] read = new byte[1];
            await view.ReadAsync(0, read);
            Assert.Equal(6, read[0]);
            for (int i = 0; i < 20; i++)
            {
                await using MemoryLease fresh = await fabric.LeaseAsync(4096);
                Assert.DoesNotContain(dead, fresh.Nodes);
            }
        }

        Assert.DoesNotContain(dead, (await cluster.Client.DescribeAsync()).Nodes.Select(node => node.Node));
    }

    [Fact]
    public async Task A_region_says_which_of_its_bytes_are_lost_and_keeps_the_others()
    {
        // Memory storage is a grain of some silo, which may be the one that dies.
        await using FabricCluster cluster = await FabricCluster.StartAsync(3, configureSilo: new LastingNames().Add, volatileNames: false);
        byte[] bytes = new byte[30 << 20];
        new Random(3).NextBytes(bytes);
        MemoryRegion region = await cluster.Client.OpenRegionAsync("wide", bytes.Length);
        await region.WriteAsync(0, bytes);
        Assert.True(region.Nodes.Count >= 2);
        NodeId dead = region.Nodes[^1];
        int silo = Enumerable.Range(0, 3).Single(i => cluster.Node(i) == dead);

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[silo]);

        // The region's own silo may have been the one that died.
        await FabricCluster.UntilAnsweredAsync(
            async () =>
            {
                await region.RefreshAsync();
                return region.LostRanges.Count > 0;
            },
            "the region tells its loss");
        Assert.All(region.LostRanges, lost => Assert.Equal(dead, lost.Node));
        long lostBytes = region.LostRanges.Sum(lost => lost.Bytes);
        Assert.InRange(lostBytes, 1, bytes.Length - 1);
        LostRange first = region.LostRanges[0];
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await region.ReadAsync(first.Offset, new byte[1]));
        await Assert.ThrowsAsync<PoolDataLossException>(async () => await region.WriteAsync(first.Offset, new byte[1]));
        byte[] read = new byte[first.Offset];
        await region.ReadAsync(0, read);
        Assert.True(bytes.AsSpan(0, read.Length).SequenceEqual(read));
        await FabricCluster.UntilAnsweredAsync(
            async () => Assert.Single(await cluster.Client.ListRegionsAsync()).LostBytes == lostBytes, "the list of regions tells the loss");
        Assert.True(await cluster.Client.DeleteRegionAsync("wide"));
        await using MemoryRegion again = await cluster.Client.OpenRegionAsync("wide", 100);
        Assert.Empty(again.LostRanges);
    }
}
