using System.Diagnostics;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

/// <summary>Three silos of one cluster, each a process of its own, membership and page tables in Redis.</summary>
public sealed class ThreeSilosTests
{
    private const int FreshCount = 30;

    /// <summary>How much longer leases may take just after the verdict than twice as many do a moment later, when the machine is as busy.</summary>
    private static readonly TimeSpan AvoidedWithin = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_is_written_through_one_gateway_is_read_through_another()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB");
        await using FabricClient writer = await cluster.ConnectAsync(0);
        await using FabricClient reader = await cluster.ConnectAsync(2);
        byte[] bytes = new byte[40 << 20];
        new Random(1).NextBytes(bytes);

        await using MemoryLease lease = await writer.Fabric.LeaseAsync(bytes.Length / 2);
        await lease.WriteAsync(0, bytes.AsMemory(0, bytes.Length / 2));
        await using MemoryRegion region = await writer.Fabric.OpenRegionAsync("orders", bytes.Length / 2);
        await region.WriteAsync(0, bytes.AsMemory(bytes.Length / 2));

        byte[] read = new byte[bytes.Length];
        await using MemoryLease view = await reader.Fabric.OpenAsync(LeaseToken.Parse(lease.Token.ToString()));
        Assert.Equal(read.Length / 2, await view.ReadAsync(0, read.AsMemory(0, read.Length / 2)));
        await using MemoryRegion same = await reader.Fabric.OpenRegionAsync("orders");
        Assert.Equal(read.Length / 2, await same.ReadAsync(0, read.AsMemory(read.Length / 2)));
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task A_region_left_idle_keeps_its_bytes_and_outlives_the_grains_that_made_it()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB", "--OrleansPool:OrphanInterval", "00:00:00.200");
        await using FabricClient client = await cluster.ConnectAsync(0);
        byte[] bytes = new byte[3 << 20];
        new Random(2).NextBytes(bytes);
        await using (MemoryRegion region = await client.Fabric.OpenRegionAsync("idle", bytes.Length)) await region.WriteAsync(0, bytes);

        // Leases of one second run out one after the other: many sweeps and many durations pass for the region.
        for (int i = 0; i < 5; i++)
        {
            LeaseToken token = (await client.Fabric.LeaseAsync(100, new LeaseOptions { Duration = TimeSpan.FromSeconds(1) })).Detach();
            await Eventually.ThrowsAsync<LeaseExpiredException>(async () => await client.Fabric.OpenAsync(token), "an abandoned lease runs out");
        }

        await using MemoryRegion found = await client.Fabric.OpenRegionAsync("idle");
        byte[] read = new byte[bytes.Length];
        Assert.Equal(read.Length, await found.ReadAsync(0, read));
        Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task A_killed_silo_takes_its_memory_along_loudly_and_nothing_else()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB");
        await using FabricClient client = await cluster.ConnectAsync(0);
        IMemoryFabric fabric = client.Fabric;
        List<MemoryLease> leases = [];
        for (int i = 0; i < 60; i++)
        {
            leases.Add(await fabric.LeaseAsync(64 << 10));
            await leases[i].WriteAsync(0, new[] { (byte)i });
        }

        byte[] bytes = new byte[25 << 20];
        new Random(3).NextBytes(bytes);
        await using MemoryRegion region = await fabric.OpenRegionAsync("wide", bytes.Length);
        await region.WriteAsync(0, bytes);

        // The victim holds some leases and part of the region, and is not the client's gateway.
        FabricReport before = await fabric.DescribeAsync();
        NodeReport victim = before.Nodes.First(node => node.Name != "a" && leases.Exists(lease => lease.Nodes.Contains(node.Node)));
        NodeId dead = victim.Node;
        MemoryLease[] doomed = [.. leases.Where(lease => lease.Nodes.Contains(dead))];
        MemoryLease[] others = [.. leases.Where(lease => !lease.Nodes.Contains(dead))];
        Assert.NotEmpty(doomed);
        Assert.NotEmpty(others);
        LeaseToken neverWas = With(doomed[0].Token, extent => extent with { Home = extent.Home with { Incarnation = new NodeIncarnation(12345) } });
        await cluster.Silos.Single(silo => silo.Name == victim.Name).Process.KillAsync();

        long killedAt = Stopwatch.GetTimestamp();
        var loss = await Eventually.ThrowsAsync<PoolDataLossException>(
            async () => await fabric.OpenAsync(doomed[0].Token), "membership declares the silo dead");
        TimeSpan verdict = Stopwatch.GetElapsedTime(killedAt);
        Assert.Contains(dead.ToString(), loss.Message, StringComparison.Ordinal);
        TimeSpan avoided = await LeaseElsewhereAsync(fabric, dead);
        TimeSpan usual = await LeaseElsewhereAsync(fabric, dead);
        Assert.True(avoided < AvoidedWithin + (2 * usual), $"{FreshCount} leases took {avoided} after the verdict, and {usual} a moment later");
        TestContext.Current.SendDiagnosticMessage(
            $"verdict {verdict.TotalSeconds:0.0} s after SIGKILL, {FreshCount} leases within {avoided.TotalMilliseconds:0} ms of it, and within {usual.TotalMilliseconds:0} ms a moment later");

        foreach (MemoryLease lease in doomed)
        {
            await Assert.ThrowsAsync<PoolDataLossException>(async () => await lease.ReadAsync(0, new byte[1]));
            await Assert.ThrowsAsync<PoolDataLossException>(async () => await lease.WriteAsync(0, new byte[1]));
        }

        byte[] read = new byte[1];
        foreach (MemoryLease lease in others)
        {
            await lease.ReadAsync(0, read);
            Assert.Equal((byte)leases.IndexOf(lease), read[0]);
            await lease.WriteAsync(1, read);
        }

        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await fabric.OpenAsync(neverWas));
        await AssertRegionTellsAsync(fabric, dead, bytes);
        await using FabricClient elsewhere = await cluster.ConnectAsync(cluster.Silos.ToList().FindIndex(silo => silo.Name is not "a" && silo.Name != victim.Name));
        await Eventually.ThrowsAsync<PoolDataLossException>(
            async () => await elsewhere.Fabric.OpenAsync(doomed[0].Token), "the third silo hears of the death");
        Assert.DoesNotContain(dead, (await elsewhere.Fabric.DescribeAsync()).Nodes.Select(node => node.Node));
        foreach (MemoryLease lease in leases) await lease.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_that_leaves_in_good_order_is_not_waited_for()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB");
        await using FabricClient client = await cluster.ConnectAsync(0);
        NodeId leaver = (await client.Fabric.DescribeAsync()).Nodes.Single(node => node.Name == "b").Node;

        await cluster.Silos[1].Process.SignalAsync("TERM");
        Assert.Equal(0, await cluster.Silos[1].Process.ExitCodeAsync());

        await Eventually.TrueAsync(async () => (await client.Fabric.DescribeAsync()).Nodes.Count == 2, "the others see that it left");
        await LeaseElsewhereAsync(client.Fabric, leaver);
    }

    /// <summary>Takes and frees leases, none of which may be of the silo that is gone.</summary>
    /// <returns>How long that took.</returns>
    private static async Task<TimeSpan> LeaseElsewhereAsync(IMemoryFabric fabric, NodeId gone)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < FreshCount; i++)
        {
            await using MemoryLease fresh = await fabric.LeaseAsync(4096);
            Assert.DoesNotContain(gone, fresh.Nodes);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task AssertRegionTellsAsync(IMemoryFabric fabric, NodeId dead, byte[] bytes)
    {
        await Eventually.TrueAsync(async () => (await fabric.ListRegionsAsync()).Single().Nodes.Count > 0, "the region's grain is found again");
        await using MemoryRegion region = await fabric.OpenRegionAsync("wide");
        if (!region.Nodes.Contains(dead))
        {
            Assert.Empty(region.LostRanges);
            return;
        }

        Assert.NotEmpty(region.LostRanges);
        Assert.All(region.LostRanges, lost => Assert.Equal(dead, lost.Node));
        long at = 0;
        foreach (LostRange lost in region.LostRanges.Append(new LostRange(bytes.Length, 0, dead)))
        {
            byte[] read = new byte[lost.Offset - at];
            await region.ReadAsync(at, read);
            Assert.True(bytes.AsSpan((int)at, read.Length).SequenceEqual(read));
            if (lost.Bytes > 0) await Assert.ThrowsAsync<PoolDataLossException>(async () => await region.ReadAsync(lost.Offset, new byte[1]));
            at = lost.Offset + lost.Bytes;
        }
    }

    private static LeaseToken With(LeaseToken token, Func<LeaseExtent, LeaseExtent> change) =>
        new(token.Pool, token.Length, token.BlockBytes, [.. token.Extents.Select(change)]);
}
