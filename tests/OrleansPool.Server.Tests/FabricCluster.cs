using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Membership;

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

    /// <summary>Waits until every silo has heard every other one's load.</summary>
    public async Task UntilNodesKnowEachOtherAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (int silo = 0; silo < Cluster.Silos.Count; silo++)
        {
            var registry = Services(silo).GetRequiredService<NodeRegistry>();
            while (registry.Loads().Length < Cluster.Silos.Count)
            {
                limit.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }
}
