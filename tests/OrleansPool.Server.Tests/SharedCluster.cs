namespace OrleansPool.Server.Tests;

/// <summary>
/// Two silos for the tests that end no silo. They have no data ports: what the tests count and lose are grain calls. The classes of this collection run one after the other, and leave every pool as empty
/// as they found it.
/// </summary>
[CollectionDefinition(Name)]
public sealed class SharedCluster : ICollectionFixture<SharedCluster>, IAsyncLifetime
{
    public const string Name = "two silos";

    /// <summary>A pool of 10 blocks of 128 bytes on each node.</summary>
    public const string Tiny = "tiny";

    /// <summary>A pool of 64 KiB blocks.</summary>
    public const string Wide = "wide";

    public FabricCluster Fabric { get; private set; } = null!;

    public LostAnswers Answers { get; } = new();

    public CountedCalls Calls { get; } = new();

    public async ValueTask InitializeAsync() => Fabric = await FabricCluster.StartAsync(
        2,
        pool => pool
            .Capacity("64MiB")
            .WithoutDataPort()
            .Pool(Tiny, tiny => tiny.BlockSize("128B").MaxBlocksPerNode(10))
            .Pool(Wide, wide => wide.BlockSize("64KiB")),
        silo => silo.AddActivityPropagation().AddIncomingGrainCallFilter(Calls.FilterAsync).AddIncomingGrainCallFilter(Answers.FilterAsync));

    public async ValueTask DisposeAsync()
    {
        foreach (string pool in new[] { PoolNames.Default, Tiny, Wide }) await Fabric.AssertNothingLeasedAsync(pool);
        await Fabric.DisposeAsync();
    }
}
