using System.Diagnostics;

namespace OrleansPool.Server.Tests.Leases;

/// <summary>Who holds what, since when, from which trace, over all nodes.</summary>
[Collection(SharedCluster.Name)]
public sealed class LeaseListingTests(SharedCluster shared)
{
    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task The_largest_leases_of_all_nodes_come_first_with_owner_and_trace(Face face)
    {
        using Activity activity = new Activity("asks").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using MemoryLease large = await Cluster.InSilo(1).LeaseAsync(1 << 20, new LeaseOptions { Owner = "camera" });
        await using MemoryLease small = await Cluster.InSilo(0).LeaseAsync(8192, new LeaseOptions { Owner = "log" });

        IReadOnlyList<LeaseInfo> leases = await Cluster.As(face).ListLeasesAsync(new LeaseQuery(LeaseOrder.Largest, 2));

        Assert.Equal(["camera", "log"], leases.Select(lease => lease.Owner));
        Assert.Equal([1L << 20, 8192L], leases.Select(lease => lease.Bytes));
        Assert.All(leases, lease => Assert.Equal(activity.TraceId.ToHexString(), lease.TraceId));
        Assert.Equal(large.Nodes[0], leases[0].Node);
        Assert.Equal(PoolNames.Default, leases[0].Pool);
        Assert.InRange(leases[0].ExpiresIn, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_listing_gives_no_right_over_the_memory()
    {
        await using MemoryLease lease = await Cluster.InSilo(0).LeaseAsync(100);

        LeaseInfo listed = Assert.Single(await Cluster.Client.ListLeasesAsync(new LeaseQuery(LeaseOrder.Oldest, 1)));

        Assert.Equal(lease.Token.Extents[0].Key.Id.ToString(), listed.Id);
        Assert.True(listed.Id.Length < 10);
    }

    [Fact]
    public async Task A_region_is_listed_by_its_name()
    {
        await using (await Cluster.Client.OpenRegionAsync("listed", 3 << 20))
        {
            LeaseInfo largest = (await Cluster.Client.ListLeasesAsync(new LeaseQuery(LeaseOrder.Largest, 1)))[0];
            Assert.Equal(("listed", TimeSpan.MaxValue), (largest.Region, largest.ExpiresIn));
        }

        await Cluster.Client.DeleteRegionAsync("listed");
    }

    [Theory]
    [InlineData(LeaseOrder.Largest, 0)]
    [InlineData(LeaseOrder.Largest, LeaseQuery.CountMax + 1)]
    [InlineData((LeaseOrder)9, 1)]
    public async Task A_query_out_of_its_limits_is_refused(LeaseOrder order, int count) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Cluster.Client.ListLeasesAsync(new LeaseQuery(order, count)));
}
