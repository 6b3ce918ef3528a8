using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Reservations;
using OrleansPool.Client.Routing;

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
        services.AddSingleton<ISegmentPath>(s => new GrainPath(
            s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<INodeTopology>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IOptions<OrleansPoolClientOptions>>().Value.CallPatience));
        services.AddSingleton<IReservationSource, ClientReservationSource>();
        services.AddSingleton<IMemoryFabric>(s => new MemoryFabric(
            s.GetRequiredService<ISegmentPath>(), s.GetRequiredService<INodeTopology>(), s.GetRequiredService<IReservationSource>(),
            s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<TimeProvider>()));
        return client;
    }
}
