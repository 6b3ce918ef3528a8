namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>Redis and three silos, each a process of its own.</summary>
internal sealed class ThreeSilos : IAsyncDisposable
{
    private readonly RedisServer _redis;

    private ThreeSilos(RedisServer redis, string cluster, SiloProcess[] silos)
    {
        _redis = redis;
        Cluster = cluster;
        Silos = silos;
    }

    public string Cluster { get; }

    public SiloProcess[] Silos { get; }

    /// <summary>The Redis that holds membership and names.</summary>
    public string Redis => _redis.Address;

    public static async Task<ThreeSilos> StartAsync(string capacity, params string[] settings)
    {
        RedisServer redis = await RedisServer.StartAsync();
        string cluster = "cluster-" + Guid.NewGuid().ToString("N")[..8];
        string[] common =
        [
            "--OrleansPool:Redis", redis.Address, "--OrleansPool:Capacity", capacity, "--OrleansPool:ProbeTimeout", "00:00:01", .. settings,
        ];
        List<SiloProcess> silos = [];
        try
        {
            foreach (string name in new[] { "a", "b", "c" }) silos.Add(await SiloProcess.StartAsync(name, cluster, common));
            var three = new ThreeSilos(redis, cluster, [.. silos]);
            await three.UntilAllKnownAsync();
            return three;
        }
        catch
        {
            foreach (SiloProcess silo in silos) await silo.DisposeAsync();
            await redis.DisposeAsync();
            throw;
        }
    }

    public Task<FabricClient> ConnectAsync(int silo) => FabricClient.ConnectAsync(Cluster, Silos[silo]);

    public async ValueTask DisposeAsync()
    {
        foreach (SiloProcess silo in Silos) await silo.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>Waits until each silo reports all three nodes.</summary>
    private async Task UntilAllKnownAsync()
    {
        for (int silo = 0; silo < Silos.Length; silo++)
        {
            await using FabricClient client = await ConnectAsync(silo);
            await Eventually.TrueAsync(
                async () => (await client.Fabric.DescribeAsync()).Nodes.Count == Silos.Length, "every silo knows the others");
        }
    }
}
