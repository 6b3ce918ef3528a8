using Orleans.Runtime.Placement;
using OrleansPool.Client.Routing;

namespace OrleansPool.Server.Placement;

/// <summary>Finds the silo of a <see cref="NodePinnedPlacement"/> grain in its key.</summary>
internal sealed class NodePinnedDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string key = target.GrainIdentity.Key.ToString()!;
        if (!NodeKey.TryParse(key, out SiloAddress? silo))
        {
            throw new ArgumentException($"'{key}' is not the key of a node: it is a silo's address as SiloAddress.ToParsableString() writes it.");
        }

        foreach (SiloAddress compatible in context.GetCompatibleSilos(target))
        {
            if (compatible.Equals(silo)) return Task.FromResult(compatible);
        }

        throw new SiloUnavailableException($"Silo {silo} is not active, so its node cannot be called.");
    }
}
