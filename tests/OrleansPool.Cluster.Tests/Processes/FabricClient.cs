using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansPool.Client.Hosting;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>An external client, in the process of the tests, connected to one gateway.</summary>
internal sealed class FabricClient : IAsyncDisposable
{
    private readonly IHost _host;

    private FabricClient(IHost host) => _host = host;

    public IMemoryFabric Fabric => _host.Services.GetRequiredService<IMemoryFabric>();

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<FabricClient> ConnectAsync(
        string cluster, SiloProcess silo, Action<OrleansPoolClientOptions>? configure = null, ILoggerProvider? log = null, TimeSpan? responseTimeout = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (log is not null) builder.Logging.AddProvider(log);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, silo.GatewayPort))
            .Configure<ClusterOptions>(options =>
            {
                options.ClusterId = cluster;
                options.ServiceId = cluster;
            })
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = responseTimeout ?? options.ResponseTimeout)
            .AddOrleansPoolClient(configure));
        IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new FabricClient(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
