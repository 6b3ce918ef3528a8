namespace OrleansPool.Server.Tests.DataPlane;

/// <summary>Two silos with data ports, on which calls that carry bytes are counted.</summary>
public sealed class DataPlaneCluster : IAsyncLifetime
{
    public FabricCluster Fabric { get; private set; } = null!;

    public CountedCalls Calls { get; } = new();

    public async ValueTask InitializeAsync() => Fabric = await FabricCluster.StartAsync(
        2, pool => pool.Capacity("64MiB"), silo => silo.AddIncomingGrainCallFilter(Calls.FilterAsync));

    public async ValueTask DisposeAsync()
    {
        await Fabric.AssertNothingLeasedAsync(PoolNames.Default);
        await Fabric.DisposeAsync();
    }
}
