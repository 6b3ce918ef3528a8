using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Tests;

/// <summary>A cluster of silos in this process, each with a node of its own, and an external client.</summary>
public sealed class FabricCluster : IAsyncDisposable
{
    private FabricCluster(InProcessTestCluster cluster) => Cluster = cluster;

    public InProcessTestCluster Cluster { get; }

    public IMemoryFabric Client => Cluster.Client.ServiceProvider.GetRequiredService<IMemoryFabric>();

    public static async Task<FabricCluster> StartAsync(
        int silos, Action<OrleansPoolBuilder>? configure = null, Action<ISiloBuilder>? configureSilo = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            configureSilo?.Invoke(silo);
            silo.AddOrleansPool(pool =>
            {
                pool.Capacity("16MiB").AllowVolatileNames();
                configure?.Invoke(pool);
            });
        });
        builder.ConfigureClient(client => client.AddOrleansPoolClient());
        InProcessTestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        return new FabricCluster(cluster);
    }

    /// <summary>The fabric as a silo's grains have it.</summary>
    public IMemoryFabric InSilo(int silo) => Services(silo).GetRequiredService<IMemoryFabric>();

    public IServiceProvider Services(int silo) => Cluster.GetSiloServiceProvider(Cluster.Silos[silo].SiloAddress);

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }
}
