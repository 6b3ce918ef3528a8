namespace OrleansPool.Server.Tests.Nodes;

[Collection(AloneCollection.Name)]
public sealed class ManyLeasesTests
{
    private const int LeaseCount = 1_000_000;
    private const int WarmUpCount = 100_000;
    private const long GrowthBytesMax = 8 << 20;

    private static readonly LeaseOptions Short = new() { Duration = LeaseOptions.DurationMin };

    [Fact]
    public async Task A_million_leases_taken_and_expired_leave_the_process_as_it_was()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, pool => pool
            .Capacity("64MiB").Pool("cells", cells => cells.BlockSize("128B").MaxBlocksPerNode(100_000)));
        await TakeAndForgetAsync(cluster, WarmUpCount);
        (long managed, long native) = Memory();

        await TakeAndForgetAsync(cluster, LeaseCount);

        (long managedAfter, long nativeAfter) = Memory();
        PoolReport pool = Assert.Single(await cluster.PoolsAsync("cells"));
        Assert.Equal((LeaseCount + WarmUpCount, LeaseCount + WarmUpCount), (pool.Counters.Leases, pool.Counters.Expiries));
        Assert.Equal(pool.BlockCount, pool.FreeCount);
        TestContext.Current.SendDiagnosticMessage(
            $"managed {managed:N0} -> {managedAfter:N0} bytes, native {native:N0} -> {nativeAfter:N0} bytes");
        Assert.True(managedAfter - managed < GrowthBytesMax, $"The managed heap grew from {managed:N0} to {managedAfter:N0} bytes.");
        Assert.True(nativeAfter - native < GrowthBytesMax, $"Native memory grew from {native:N0} to {nativeAfter:N0} bytes.");
    }

    private static async Task TakeAndForgetAsync(FabricCluster cluster, int count)
    {
        IMemoryFabric fabric = cluster.InSilo(0);
        for (int taken = 0; taken < count;)
        {
            if (await fabric.TryLeaseAsync("cells", 128, Short) is { } lease)
            {
                lease.Detach();
                taken++;
                continue;
            }

            // Full: some of the leases have to run out first.
            await FabricCluster.UntilAsync(async () => (await cluster.PoolsAsync("cells"))[0].FreeCount > 0, "leases run out");
        }

        await FabricCluster.UntilAsync(async () => (await cluster.PoolsAsync("cells"))[0].LeaseCount == 0, "all leases run out");
    }

    /// <summary>
    /// What is alive on the managed heap, and what is resident beside that heap. How much the collector keeps for later is its own
    /// affair: it gives memory back in its own time.
    /// </summary>
    private static (long Managed, long Native) Memory()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        long managed = GC.GetTotalMemory(forceFullCollection: true);
        return (managed, Environment.WorkingSet - GC.GetGCMemoryInfo(GCKind.FullBlocking).TotalCommittedBytes);
    }
}
