using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansPool.Benchmarks.Processes;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Client.Hosting;

namespace OrleansPool.Benchmarks.Paths;

/// <summary>A silo in a process of its own, which is this program started once more, and a client of it in this process.</summary>
/// <remarks>The silo ends when its standard input does, so it never outlives the process that measures.</remarks>
internal sealed class SiloServer : IDisposable
{
    /// <summary>The word that makes this program a silo.</summary>
    public const string Command = "serve";

    private readonly Process _process;
    private readonly IHost _client;

    public SiloServer()
    {
        (string program, string[] assembly) = ChildProcess.OwnProgram;
        _process = Process.Start(new ProcessStartInfo(program, [.. assembly, Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        int gatewayPort = int.Parse(_process.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort))
            .AddOrleansPoolClient());
        _client = builder.Build();
        _client.Start();
    }

    public IMemoryFabric Fabric => _client.Services.GetRequiredService<IMemoryFabric>();

    public IGrainFactory Grains => _client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>What the other process does.</summary>
    public static int Serve()
    {
        using var silo = new BenchmarkSilo(PathsCommand.Capacity);
        Console.WriteLine(silo.GatewayPort);
        Console.In.ReadToEnd();
        return 0;
    }

    public void Dispose()
    {
        _client.StopAsync().GetAwaiter().GetResult();
        _client.Dispose();
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
