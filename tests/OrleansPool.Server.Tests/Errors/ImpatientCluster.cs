namespace OrleansPool.Server.Tests.Errors;

/// <summary>Two silos without data ports whose callers soon stop trying, for the tests in which a node does not answer to the end of their patience.</summary>
public sealed class ImpatientCluster : IAsyncLifetime
{
    private static readonly TimeSpan CallPatience = TimeSpan.FromMilliseconds(100);

    public FabricCluster Fabric { get; private set; } = null!;

    public LostAnswers Answers { get; } = new();

    public async ValueTask InitializeAsync() => Fabric = await FabricCluster.StartAsync(
        2, pool => pool.WithoutDataPort(), configureSilo: silo => silo.AddIncomingGrainCallFilter(Answers.FilterAsync), callPatience: CallPatience);

    public async ValueTask DisposeAsync()
    {
        await Fabric.AssertNothingLeasedAsync(PoolNames.Default);
        await Fabric.DisposeAsync();
    }
}
