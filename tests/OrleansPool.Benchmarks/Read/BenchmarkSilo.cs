using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Benchmarks.Read;

/// <summary>One silo in this process, on free loopback ports.</summary>
internal sealed class BenchmarkSilo : IDisposable
{
    private readonly IHost _host;

    public BenchmarkSilo(string capacity, Action<OrleansPoolBuilder>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        GatewayPort = FreePort();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort(), GatewayPort).AddOrleansPool(pool =>
        {
            pool.Capacity(capacity);
            configure?.Invoke(pool);
        }));
        _host = builder.Build();
        _host.Start();
    }

    /// <summary>Where clients reach it.</summary>
    public int GatewayPort { get; }

    public IMemoryFabric Fabric => _host.Services.GetRequiredService<IMemoryFabric>();

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
