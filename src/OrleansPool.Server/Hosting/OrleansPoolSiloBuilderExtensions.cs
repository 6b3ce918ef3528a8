using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;
using OrleansPool.Client.Data;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Routing;
using OrleansPool.Server.DataPlane;
using OrleansPool.Server.Membership;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Placement;
using OrleansPool.Server.Regions;
using OrleansPool.Server.Routing;
using OrleansPool.Server.Telemetry;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;

namespace OrleansPool.Server.Hosting;

/// <summary>Adds a silo's share of the fabric.</summary>
public static class OrleansPoolSiloBuilderExtensions
{
    /// <summary>
    /// Lends this silo's memory to the fabric and makes <see cref="IMemoryFabric"/> available to its grains. Page tables of regions
    /// go to the grain storage provider named <see cref="OrleansPoolOptions.StorageName"/>; memory storage, if there is none.
    /// </summary>
    /// <example><code>silo.AddOrleansPool(o => o.Capacity("4GiB").Pool("frames", p => p.BlockSize("64KiB")));</code></example>
    public static ISiloBuilder AddOrleansPool(this ISiloBuilder silo, Action<OrleansPoolBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        IServiceCollection services = silo.Services;
        OptionsBuilder<OrleansPoolOptions> options = services.AddOptions<OrleansPoolOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(settings => configure(new OrleansPoolBuilder(settings)));
        services.AddSingleton<IValidateOptions<OrleansPoolOptions>, OrleansPoolOptionsValidator>();
        bool hasStorage = services.Any(service =>
            service.ServiceType == typeof(IGrainStorage) && OrleansPoolOptions.StorageName.Equals(service.ServiceKey));
        if (!hasStorage) silo.AddMemoryGrainStorage(OrleansPoolOptions.StorageName);

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<NodeHost>();
        services.AddSingleton<IReservationSource>(s => s.GetRequiredService<NodeHost>());
        services.AddSingleton<NodeRegistry>();
        services.AddSingleton<INodeTopology>(s => s.GetRequiredService<NodeRegistry>());
        services.TryAddSingleton<IDataAdmission, SharedKeyAdmission>();
        services.AddSingleton<NodeDataService>();
        services.AddSingleton(MakeDataClient);
        services.AddSingleton<DataRoutes>();
        services.AddSingleton<DataCalls>();
        services.AddSingleton<RemoteNodes>();
        services.AddSingleton<CachedReader>();
        services.AddSingleton<ISegmentPath, SiloPath>();
        services.AddSingleton<RegionMemory>();
        services.AddSingleton<VolatileNames>();
        services.AddSingleton<IMemoryFabric, MemoryFabric>();
        services.AddSingleton<PoolLoadDirector>();
        services.AddPlacementDirector<NodePinnedPlacement, NodePinnedDirector>();
        services.AddPlacementDirector<PoolLoadPlacement, PoolLoadDirector>();
        services.AddPlacementDirector<RegionPlacement, RegionDirector>();
        AddLifecycle<DataPort>(services);
        AddLifecycle<LoadGossip>(services);
        AddLifecycle<OrphanSweep>(services);
        AddLifecycle<NodeInstruments>(services);
        return silo;
    }

    /// <summary>The way of this silo to the data ports of others.</summary>
    private static DataClient MakeDataClient(IServiceProvider services)
    {
        OrleansPoolOptions options = services.GetRequiredService<IOptions<OrleansPoolOptions>>().Value;
        byte[] key = Encoding.UTF8.GetBytes(options.DataKey ?? "");
        return new DataClient(
            new SocketDialer(DataSecurity.OfClient(options)), services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, () => key,
            options.DataPlane);
    }

    private static void AddLifecycle<T>(IServiceCollection services)
        where T : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.AddSingleton<T>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<T>());
    }
}
