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

    /// <summary>How long to wait for memory that is not there at once, counted from the request's arrival.</summary>
    [Id(4)]
    public TimeSpan WaitUpTo { get; init; }

    /// <summary>Whether the spill file may serve; a node takes every value but Never as allowed now.</summary>
    [Id(5)]
    public LeaseSpill Spill { get; init; }

    /// <summary>Names the request's place in the queue, so that a wait can be cut into several calls; random, once for each wait.</summary>
    [Id(6)]
    public Guid Ticket { get; init; }

    /// <summary>Whether the memory becomes a region's: the pool's limits on duration do not hold for it.</summary>
    [Id(7)]
    public bool IsForRegion { get; init; }
}
