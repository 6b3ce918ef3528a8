using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Batches;

/// <summary>A batch makes one grain call for each node that it touches, counted where the calls arrive.</summary>
[Collection(SharedCluster.Name)]
public sealed class BatchCallTests(SharedCluster shared)
{
    private const int LeaseCount = 40;

    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task Many_leases_are_taken_renewed_and_freed_with_one_call_each(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        shared.Calls.Reset();

        BatchResult<MemoryLease>[] leases = await fabric.LeaseManyAsync([.. Enumerable.Repeat(new LeaseItem(PoolNames.Default, 5000), LeaseCount)]);

        MemoryLease[] taken = [.. leases.Select(lease => lease.Value)];
        int calls = face == Face.Client || taken[0].Nodes[0] != Cluster.Node(0) ? 1 : 0;
        Assert.Single(taken.SelectMany(lease => lease.Nodes).Distinct());
        Assert.Equal(calls, shared.Calls.OfNodes(nameof(INodePoolGrain.LeaseAsync)));

        Assert.All(await fabric.RenewManyAsync(taken), outcome => outcome.ThrowIfFailed());
        Assert.All(await fabric.ReleaseManyAsync(taken), outcome => outcome.ThrowIfFailed());

        Assert.Equal(calls, shared.Calls.OfNodes(nameof(INodePoolGrain.RenewAsync)));
        Assert.Equal(calls, shared.Calls.OfNodes(nameof(INodePoolGrain.ReleaseAsync)));
        await Cluster.AssertNothingLeasedAsync(PoolNames.Default);
    }

    [Theory, FromEachFace]
    public async Task Leases_of_two_nodes_are_renewed_and_freed_with_one_call_to_each(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease[] leases = await LeasesOnBothNodesAsync(fabric);
        shared.Calls.Reset();

        Assert.All(await fabric.RenewManyAsync(leases), outcome => outcome.ThrowIfFailed());
        Assert.All(await fabric.ReleaseManyAsync(leases), outcome => outcome.ThrowIfFailed());

        Assert.Equal(NodesCalled(face), shared.Calls.OfNodes(nameof(INodePoolGrain.RenewAsync)));
        Assert.Equal(NodesCalled(face), shared.Calls.OfNodes(nameof(INodePoolGrain.ReleaseAsync)));
        await Cluster.AssertNothingLeasedAsync(PoolNames.Default);
    }

    [Theory, FromEachFace]
    public async Task Ranges_of_two_nodes_are_written_and_read_with_one_call_to_each(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease[] leases = await LeasesOnBothNodesAsync(fabric);
        byte[][] bytes = [.. leases.Select((_, i) => Enumerable.Repeat((byte)(i + 1), 5000).ToArray())];

        // Sessions are opened once for each segment.
        await fabric.WriteManyAsync([.. leases.Select(lease => new WriteItem(lease, 0, new byte[1]))]);
        shared.Calls.Reset();

        Assert.All(await fabric.WriteManyAsync([.. leases.Select((lease, i) => new WriteItem(lease, 0, bytes[i]))]), outcome => outcome.ThrowIfFailed());
        AssertCalls(face, nameof(INodePoolGrain.WriteAsync));

        byte[][] read = [.. bytes.Select(expected => new byte[expected.Length])];
        BatchResult<int>[] results = await fabric.ReadManyAsync([.. leases.Select((lease, i) => new ReadItem(lease, 0, read[i]))]);
        AssertCalls(face, nameof(INodePoolGrain.ReadAsync));
        Assert.All(results, result => Assert.Equal(5000, result.Value));
        Assert.Equal(bytes, read);
        await fabric.ReleaseManyAsync(leases);
    }

    /// <summary>A client reaches each node through the cache of a silo, which calls the node unless it is the silo's own.</summary>
    private void AssertCalls(Face face, string method)
    {
        Assert.Equal(face == Face.Client ? 2 : 0, shared.Calls.OfCaches(method));
        Assert.InRange(shared.Calls.OfNodes(method), face == Face.Client ? 0 : 1, NodesCalled(face));
    }

    private static int NodesCalled(Face face) => face == Face.Client ? 2 : 1;

    private async Task<MemoryLease[]> LeasesOnBothNodesAsync(IMemoryFabric fabric)
    {
        List<MemoryLease> leases = [];
        var item = new LeaseItem(PoolNames.Default, 5000, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        for (int silo = 0; silo < 2; silo++)
        {
            foreach (BatchResult<MemoryLease> lease in await Cluster.InSilo(silo).LeaseManyAsync([.. Enumerable.Repeat(item, LeaseCount / 2)]))
            {
                Assert.Equal(Cluster.Node(silo), Assert.Single(lease.Value.Nodes));
                leases.Add(await fabric.AdoptAsync(lease.Value.Detach()));
            }
        }

        return [.. leases];
    }
}
