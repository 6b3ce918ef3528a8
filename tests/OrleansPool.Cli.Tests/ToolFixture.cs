using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansPool.Cli.Connection;
using OrleansPool.Client.Hosting;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Cli.Tests;

/// <summary>Two silos in this process, and the command run against them as it is from a shell.</summary>
[CollectionDefinition(Name)]
public sealed class ToolFixture : ICollectionFixture<ToolFixture>, IFabricConnector, IAsyncLifetime
{
    public const string Name = "two silos";

    /// <summary>A pool of 5 blocks of 128 bytes on each node.</summary>
    public const string Tiny = "tiny";

    private const int SiloCount = 2;

    private InProcessTestCluster _cluster = null!;

    public IMemoryFabric Fabric => _cluster.Client.ServiceProvider.GetRequiredService<IMemoryFabric>();

    /// <summary>What the last command gave as where the fabric is.</summary>
    internal ConnectionSettings? Settings { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(SiloCount);
        builder.ConfigureSilo((_, silo) => silo.AddOrleansPool(pool => pool
            .Capacity("64MiB")
            .AllowVolatileNames()
            .Pool(Tiny, tiny => tiny.BlockSize("128B").MaxBlocksPerNode(5))));
        builder.ConfigureClient(client => client.AddOrleansPoolClient());
        _cluster = builder.Build();
        await _cluster.DeployAsync();
        foreach (SiloAddress silo in _cluster.Silos.Select(silo => silo.SiloAddress)) await UntilAllAreKnownAsync(silo);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    Task<FabricSession> IFabricConnector.ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Settings = settings;
        return Task.FromResult(new FabricSession(Fabric, new Connection()));
    }

    /// <summary>Runs the command.</summary>
    internal Task<ToolRun> RunAsync(params string[] arguments) => ToolRun.RunAsync(this, arguments);

    /// <summary>Runs the command, which must succeed, and gives the object that it printed.</summary>
    internal async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        ToolRun run = await RunAsync([.. arguments, "--json"]);
        Assert.Equal((ExitCode.Ok, ""), (run.Code, run.Error));
        return run.Json();
    }

    /// <summary>Waits until a silo has heard of every node: a command that came before would find less than there is.</summary>
    private async Task UntilAllAreKnownAsync(SiloAddress silo)
    {
        var grains = _cluster.GetSiloServiceProvider(silo).GetRequiredService<IGrainFactory>();
        var directory = grains.GetGrain<IPoolDirectoryGrain>(IPoolDirectoryGrain.Key);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((await directory.GetLoadsAsync()).Length < SiloCount) await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Connection : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
