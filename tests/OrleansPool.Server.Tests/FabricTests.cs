namespace OrleansPool.Server.Tests;

public sealed class FabricTests
{
    [Fact]
    public async Task What_one_silo_writes_another_silo_and_a_client_read()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(2);
        byte[] bytes = new byte[10_000];
        new Random(1).NextBytes(bytes);

        await using MemoryLease lease = await cluster.InSilo(0).LeaseAsync(bytes.Length);
        await lease.WriteAsync(0, bytes);
        LeaseToken token = LeaseToken.Parse(lease.Token.ToString());

        foreach (IMemoryFabric fabric in new[] { cluster.InSilo(0), cluster.InSilo(1), cluster.Client })
        {
            byte[] read = new byte[bytes.Length];
            await using MemoryLease view = await fabric.OpenAsync(token);
            Assert.Equal(bytes.Length, await view.ReadAsync(0, read));
            Assert.Equal(bytes, read);
            await view.WriteAsync(5, bytes.AsMemory(0, 100));
            await view.WriteAsync(5, bytes.AsMemory(5, 100));
            Assert.Equal(BitConverter.ToInt64(bytes, 8), await view.CompareExchangeAsync(8, 1, 2));
            Assert.Equal(BitConverter.ToInt64(bytes, 8) + 7, await view.AddAsync(8, 7));
            await view.AddAsync(8, -7);
        }
    }

    [Fact]
    public async Task A_region_is_made_grown_read_elsewhere_and_deleted()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(2);
        await using (MemoryRegion made = await cluster.Client.OpenRegionAsync("orders", createBytes: 100_000))
        {
            await made.WriteAsync(99_000, "hello"u8.ToArray());
            await made.ResizeAsync(3_000_000);
            await made.WriteAsync(2_500_000, "world"u8.ToArray());
        }

        await using MemoryRegion region = await cluster.InSilo(1).OpenRegionAsync("orders");
        byte[] read = new byte[5];
        Assert.Equal(5, await region.ReadAsync(99_000, read));
        Assert.Equal("hello"u8.ToArray(), read);
        Assert.Equal(5, await region.ReadAsync(2_500_000, read));
        Assert.Equal("world"u8.ToArray(), read);
        Assert.Equal(3_000_000, region.Length);
        Assert.Equal("orders", Assert.Single(await cluster.InSilo(0).ListRegionsAsync()).Name);
        Assert.True(await cluster.Client.DeleteRegionAsync("orders"));
        Assert.False(await cluster.Client.DeleteRegionAsync("orders"));
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await cluster.Client.OpenRegionAsync("orders"));
        Assert.Empty(await cluster.InSilo(0).ListRegionsAsync());
        Assert.All(await cluster.NodesAsync(Face.Client), node => Assert.Equal(0, node.LeasedBytes));
    }
}
