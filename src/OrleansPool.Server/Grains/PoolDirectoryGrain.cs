using Orleans.Concurrency;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;
using OrleansPool.Server.Membership;

namespace OrleansPool.Server.Grains;

/// <summary>The cluster seen from this silo. Stateless: every silo answers for itself.</summary>
[StatelessWorker]
[Reentrant]
internal sealed class PoolDirectoryGrain(NodeRegistry registry, TimeProvider time) : Grain, IPoolDirectoryGrain
{
    /// <summary>How long a silo has to answer before it is reported silent.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(3);

    private const int AskedAtOnceMax = 64;

    public Task<NodeLoad[]> GetLoadsAsync() => Task.FromResult(registry.Loads());

    public Task<NodeStatus> GetStatusAsync(NodeId node) => Task.FromResult(registry.StatusOf(node));

    public async Task<FabricReport> DescribeAsync()
    {
        SiloAddress[] silos = Silos();
        NodeReport?[] reports = await Task.WhenAll(silos.Select(silo => AskAsync(silo, node => node.DescribeAsync())));
        return new FabricReport(
            [.. reports.OfType<NodeReport>()],
            [.. silos.Where((_, i) => reports[i] is null).Select(silo => silo.ToParsableString())]);
    }

    public async Task<LeaseInfo[]> ListLeasesAsync(LeaseQuery query)
    {
        query.Validate();
        LeaseInfo[]?[] leases = await Task.WhenAll(Silos().Select(silo => AskAsync(silo, node => node.ListLeasesAsync(query))));
        return query.Merge(leases.SelectMany(node => node ?? []));
    }

    public async Task<RegionInfo[]> ListRegionsAsync()
    {
        string[][] buckets = await Task.WhenAll(Enumerable.Range(0, IRegionCatalogGrain.BucketCount)
            .Select(bucket => GrainFactory.GetGrain<IRegionCatalogGrain>(bucket).ListAsync()));
        List<RegionInfo> regions = [];
        foreach (string[] names in buckets.SelectMany(names => names).Order(StringComparer.Ordinal).Chunk(AskedAtOnceMax))
        {
            RegionInfo?[] infos = await Task.WhenAll(names.Select(name => GrainFactory.GetGrain<IRegionGrain>(name).DescribeAsync()));
            regions.AddRange(infos.OfType<RegionInfo>());
        }

        return [.. regions];
    }

    private SiloAddress[] Silos() => [.. registry.OtherActiveSilos().Prepend(registry.LocalNode!.Value.Silo).Order()];

    private async Task<T?> AskAsync<T>(SiloAddress silo, Func<INodePoolGrain, Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask(NodeKey.Control(GrainFactory, silo)).WaitAsync(SilenceMax, time);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return null;
        }
    }
}
