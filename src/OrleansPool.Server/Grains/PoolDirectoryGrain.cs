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
        SiloAddress[] silos = [.. registry.OtherActiveSilos().Prepend(registry.LocalNode!.Value.Silo).Order()];
        NodeReport?[] reports = await Task.WhenAll(silos.Select(AskAsync));
        return new FabricReport(
            [.. reports.OfType<NodeReport>()],
            [.. silos.Where((_, i) => reports[i] is null).Select(silo => silo.ToParsableString())]);
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

    private async Task<NodeReport?> AskAsync(SiloAddress silo)
    {
        try
        {
            return await NodeKey.Control(GrainFactory, silo).DescribeAsync().WaitAsync(SilenceMax, time);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return null;
        }
    }
}
