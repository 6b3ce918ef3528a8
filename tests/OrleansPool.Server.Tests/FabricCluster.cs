using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansPool.Client.Hosting;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Membership;

namespace OrleansPool.Server.Tests;

/// <summary>A cluster of silos in this process, each with a node of its own, and an external client.</summary>
public sealed class FabricCluster : IAsyncDisposable
{
    /// <summary>Most that a test waits for something that has to come about: only what hangs takes so long, however busy the machine is.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(5);

    private FabricCluster(InProcessTestCluster cluster) => Cluster = cluster;

    public InProcessTestCluster Cluster { get; }

    public IMemoryFabric Client => Cluster.Client.ServiceProvider.GetRequiredService<IMemoryFabric>();

    /// <summary>Starts silos.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="configure">Sets up each one's share of the fabric.</param>
    /// <param name="configureSilo">Sets up each one.</param>
    /// <param name="volatileNames">Whether regions may be named in memory.</param>
    /// <param name="callPatience">How long calls are tried; unless said, for as long as anything is waited for, so that a slow machine is no silent node.</param>
    /// <param name="configureClient">Sets up the client's use of the fabric.</param>
    public static async Task<FabricCluster> StartAsync(
        int silos, Action<OrleansPoolBuilder>? configure = null, Action<ISiloBuilder>? configureSilo = null, bool volatileNames = true,
        TimeSpan? callPatience = null, Action<OrleansPoolClientOptions>? configureClient = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            configureSilo?.Invoke(silo);
            silo.AddOrleansPool(pool =>
            {
                pool.Capacity("16MiB");
                pool.Options.CallPatience = callPatience ?? WaitMax;
                if (volatileNames) pool.AllowVolatileNames();
                configure?.Invoke(pool);
            });
        });
        builder.ConfigureClient(client => client.AddActivityPropagation().AddOrleansPoolClient(options =>
        {
            options.CallPatience = callPatience ?? WaitMax;
            options.LocalCapacity = "8MiB";
            configureClient?.Invoke(options);
        }));
        InProcessTestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        var fabric = new FabricCluster(cluster);
        await fabric.UntilNodesKnowEachOtherAsync();
        return fabric;
    }

    /// <summary>The fabric as a silo's grains have it.</summary>
    public IMemoryFabric InSilo(int silo) => Services(silo).GetRequiredService<IMemoryFabric>();

    /// <summary>The fabric as somebody sees it.</summary>
    public IMemoryFabric As(Face face) => face == Face.Client ? Client : InSilo(0);

    public IServiceProvider Services(int silo) => Cluster.GetSiloServiceProvider(Cluster.Silos[silo].SiloAddress);

    /// <summary>The node of a silo.</summary>
    public NodeId Node(int silo) => Services(silo).GetRequiredService<NodeRegistry>().LocalNode!.Value;

    /// <summary>What the nodes hold. A busy one may be silent for a moment: all are asked until all have answered.</summary>
    public async Task<IReadOnlyList<NodeReport>> NodesAsync(Face face = Face.Silo)
    {
        FabricReport report = await As(face).DescribeAsync();
        await UntilAsync(
            async () => report.Silent.Count == 0 || (report = await As(face).DescribeAsync()).Silent.Count == 0, "every node answers");
        return report.Nodes;
    }

    /// <summary>What a pool holds over all nodes.</summary>
    public async Task<PoolReport[]> PoolsAsync(string pool) =>
        [.. (await NodesAsync()).SelectMany(node => node.Pools).Where(report => report.Name == pool)];

    /// <summary>Asserts that no block of a pool is leased.</summary>
    public async Task AssertNothingLeasedAsync(string pool) =>
        Assert.All(await PoolsAsync(pool), report => Assert.Equal((0L, 0L), (report.LeaseCount, report.LeasedBytes)));

    /// <summary>Waits for something that comes about by itself.</summary>
    public static async Task UntilAsync(Func<ValueTask<bool>> isTrue, string what)
    {
        using var limit = new CancellationTokenSource(WaitMax);
        using var timer = new PeriodicTimer(AskInterval); // asked in a tight loop, the question would starve what it waits for
        while (!await isTrue())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"This did not come about within {WaitMax}: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until what the silos are asked is answered: they learn of a death at different moments, and look for its grains there until then.</summary>
    public static Task UntilAnsweredAsync(Func<ValueTask<bool>> isTrue, string what) => UntilAsync(
        async () =>
        {
            try
            {
                return await isTrue();
            }
            catch (PoolUnavailableException)
            {
                return false;
            }
        },
        what);

    /// <summary>Waits until every silo has heard every other one's load.</summary>
    public async Task UntilNodesKnowEachOtherAsync()
    {
        for (int silo = 0; silo < Cluster.Silos.Count; silo++)
        {
            var registry = Services(silo).GetRequiredService<NodeRegistry>();
            await UntilAsync(() => new(registry.Loads().Length >= Cluster.Silos.Count), "every node has heard of every other");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }
}
