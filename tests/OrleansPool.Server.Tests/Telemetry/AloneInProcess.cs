namespace OrleansPool.Server.Tests.Telemetry;

/// <summary>
/// Two silos that run when no others do. A meter is of the process: whoever listens to it hears every silo there, so what it says of one
/// cluster can be told only while no other one is at work.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInProcess : ICollectionFixture<SharedCluster>
{
    public const string Name = "alone in the process";
}
