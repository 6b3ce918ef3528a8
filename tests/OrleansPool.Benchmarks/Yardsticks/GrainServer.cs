using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool.Benchmarks.Processes;
using OrleansPool.Benchmarks.Subjects;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>A silo without the pool, in a process of its own, whose grains hold bytes; and an external client of it in this one.</summary>
internal sealed class GrainServer : IDisposable
{
    /// <summary>The word that makes this program such a silo.</summary>
    public const string Verb = "serve-grains";

    private readonly ChildProcess _process;
    private readonly IHost _client;

    public GrainServer()
    {
        (_process, int port) = ChildProcess.StartServer(Verb);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, port)));
        _client = builder.Build();
        _client.Start();
    }

    public int ProcessId => _process.Id;

    /// <summary>What the other process does.</summary>
    public static int Serve()
    {
        int port = FreePort.Next();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePort.Next(), port));
        using IHost host = builder.Build();
        host.Start();
        return ChildProcess.Serve(port);
    }

    /// <summary>One grain for each value, filled.</summary>
    public async Task<IBytesGrain[]> FillAsync(int count, int valueBytes)
    {
        IGrainFactory factory = _client.Services.GetRequiredService<IGrainFactory>();
        IBytesGrain[] grains = [.. Enumerable.Range(0, count).Select(key => factory.GetGrain<IBytesGrain>(key))];
        const int CallsAtOnce = 256;
        for (int from = 0; from < count; from += CallsAtOnce)
        {
            await Task.WhenAll(Enumerable.Range(from, Math.Min(CallsAtOnce, count - from))
                .Select(key => grains[key].SetAsync(KeyedBytes.Make(valueBytes, key))));
        }

        return grains;
    }

    public void Dispose()
    {
        _client.StopAsync().GetAwaiter().GetResult();
        _client.Dispose();
        _process.Dispose();
    }
}
