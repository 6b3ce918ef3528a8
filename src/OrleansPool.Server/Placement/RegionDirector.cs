using Orleans.Runtime.Placement;
using OrleansPool.Grains;

namespace OrleansPool.Server.Placement;

/// <summary>Carries out <see cref="RegionPlacement"/>.</summary>
internal sealed class RegionDirector(IGrainFactory grains, PoolLoadDirector fallback) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] compatible = context.GetCompatibleSilos(target);
        string key = target.GrainIdentity.Key.ToString()!;
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string region = slash < 0 ? key : key[..slash];
        if (region.Length > 0 && await grains.GetGrain<IRegionGrain>(region).DescribeAsync() is { Nodes.Count: > 0 } info)
        {
            foreach (NodeId node in info.Nodes)
            {
                if (compatible.Contains(node.Silo)) return node.Silo;
            }
        }

        return await fallback.OnAddActivation(strategy, target, context);
    }
}
