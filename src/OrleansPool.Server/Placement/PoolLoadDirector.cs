using Orleans.Runtime.Placement;
using OrleansPool.Core.Placement;
using OrleansPool.Server.Membership;

namespace OrleansPool.Server.Placement;

/// <summary>Carries out <see cref="PoolLoadPlacement"/> with the chooser that leases use.</summary>
internal sealed class PoolLoadDirector(NodeRegistry registry) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        SiloAddress[] compatible = context.GetCompatibleSilos(target);
        SiloAddress? hinted = IPlacementDirector.GetPlacementHint(target.RequestContextData, compatible);
        if (hinted is not null) return Task.FromResult(hinted);
        NodeLoad[] loads = [.. registry.Loads().Where(load => compatible.Contains(load.Node.Silo))];
        ulong random = (ulong)Random.Shared.NextInt64();
        int chosen = NodeChooser.ChooseLeastLoaded(loads, random);
        return Task.FromResult(chosen >= 0 ? loads[chosen].Node.Silo : compatible[random % (ulong)compatible.Length]);
    }
}
