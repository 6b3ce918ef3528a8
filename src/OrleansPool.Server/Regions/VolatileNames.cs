using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Membership;

namespace OrleansPool.Server.Regions;

/// <summary>
/// Refuses to name regions where the names would not last: memory storage is an ordinary grain, and any silo that leaves may take
/// it along, while the memory of the regions lives on other silos.
/// </summary>
internal sealed class VolatileNames(IServiceProvider services, IOptions<OrleansPoolOptions> options, NodeRegistry registry)
{
    private readonly bool _isVolatile =
        services.GetRequiredKeyedService<IGrainStorage>(OrleansPoolOptions.StorageName) is MemoryGrainStorage;

    /// <exception cref="PoolConfigurationException">The names would not last.</exception>
    public void ThrowIfRefused()
    {
        if (!_isVolatile || options.Value.AllowVolatileNames || !registry.OtherActiveSilos().Any()) return;
        throw new PoolConfigurationException(
            $"Regions are named in memory storage, and this cluster has more than one silo: any silo that leaves could take the names along. Register a lasting grain storage provider named '{OrleansPoolOptions.StorageName}' (such as AddRedisGrainStorage), or accept the loss with AllowVolatileNames. Leases without names are not affected.");
    }
}
