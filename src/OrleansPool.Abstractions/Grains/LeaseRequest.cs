namespace OrleansPool.Grains;

/// <summary>Asks a node for memory.</summary>
/// <param name="Pool">Name of the pool.</param>
/// <param name="Bytes">How much; more than zero.</param>
/// <param name="Duration">How long the lease lives without renewal.</param>
/// <param name="Owner">Label for reports.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseRequest")]
public sealed record LeaseRequest(
    [property: Id(0)] string Pool,
    [property: Id(1)] long Bytes,
    [property: Id(2)] TimeSpan Duration,
    [property: Id(3)] string Owner)
{
    /// <summary>The trace in which the memory is asked for, as its 128 bits; zero for none.</summary>
    [Id(100)]
    public UInt128 Trace { get; init; }
}
