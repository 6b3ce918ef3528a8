using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansPool.Client.Data;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Reservations;
using OrleansPool.Client.Routing;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;

namespace OrleansPool.Client.Hosting;

/// <summary>Adds the fabric to an Orleans client.</summary>
public static class OrleansPoolClientBuilderExtensions
{
    /// <summary>Makes <see cref="IMemoryFabric"/> available from the client's services.</summary>
    public static IClientBuilder AddOrleansPoolClient(this IClientBuilder client, Action<OrleansPoolClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        IServiceCollection services = client.Services;
        OptionsBuilder<OrleansPoolClientOptions> options = services.AddOptions<OrleansPoolClientOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.AddSingleton<IValidateOptions<OrleansPoolClientOptions>, OrleansPoolClientOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<INodeTopology>(s =>
            new DirectoryTopology(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(MakeDataClient);
        services.AddSingleton<DataRoutes>();
        services.AddSingleton<DataCalls>();
        services.AddSingleton<ISegmentPath>(MakePath);
        services.AddSingleton<IReservationSource, ClientReservationSource>();
        services.AddSingleton<IMemoryFabric>(s => new MemoryFabric(
            s.GetRequiredService<ISegmentPath>(), s.GetRequiredService<INodeTopology>(), s.GetRequiredService<IReservationSource>(),
            s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<TimeProvider>()));
        return client;
    }

    private static DataClient MakeDataClient(IServiceProvider services)
    {
        OrleansPoolClientOptions options = services.GetRequiredService<IOptions<OrleansPoolClientOptions>>().Value;
        byte[] key = Encoding.UTF8.GetBytes(options.DataKey ?? "");
        ClientSecurity? security = options.UsesDataTls
            ? new PemSecurity(options.DataCertificateFile, options.DataCertificateKeyFile, options.DataAuthorityFile).ForClient()
            : null;
        return new DataClient(
            new SocketDialer(security), services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, () => key, options.DataPlane);
    }

    private static ISegmentPath MakePath(IServiceProvider services)
    {
        OrleansPoolClientOptions options = services.GetRequiredService<IOptions<OrleansPoolClientOptions>>().Value;
        INodeTopology topology = services.GetRequiredService<INodeTopology>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        var grains = new GrainPath(services.GetRequiredService<IGrainFactory>(), topology, time, options.CallPatience);
        return options.UsesDataPlane
            ? new DataPath(services.GetRequiredService<DataCalls>(), grains, topology, time, options.CallPatience)
            : grains;
    }
}
