using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool.Benchmarks.Processes;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Client.Hosting;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>A silo with the pool in a process of its own, and an external client of it in this one.</summary>
internal sealed class PoolServer : IDisposable
{
    /// <summary>The word that makes this program such a silo.</summary>
    public const string Verb = "serve-pool";

    /// <summary>Pool with blocks of 1 KiB: a record of YCSB is written in one piece.</summary>
    public const string RecordPool = "records";

    /// <summary>Pool with the largest blocks there are, 1 MiB.</summary>
    public const string BulkPool = "bulk";

    private readonly ChildProcess _process;
    private readonly IHost _client;

    public PoolServer(string capacity)
    {
        (_process, int port) = ChildProcess.StartServer(Verb, capacity);
        try
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Logging.ClearProviders();
            builder.UseOrleansClient(client => client
                .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, port))
                .AddOrleansPoolClient());
            _client = builder.Build();
            _client.Start();
        }
        catch
        {
            _process.Dispose();
            throw;
        }
    }

    public IMemoryFabric Fabric => _client.Services.GetRequiredService<IMemoryFabric>();

    public int ProcessId => _process.Id;

    /// <summary>What the other process does.</summary>
    public static int Serve(string capacity)
    {
        using var silo = new BenchmarkSilo(capacity, pool => pool
            .Pool(RecordPool, records => records.BlockSize("1KiB"))
            .Pool(BulkPool, bulk => bulk.BlockSize("1MiB")));
        return ChildProcess.Serve(silo.GatewayPort);
    }

    public void Dispose()
    {
        _client.StopAsync().GetAwaiter().GetResult();
        _client.Dispose();
        _process.Dispose();
    }
}
