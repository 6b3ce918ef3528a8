namespace OrleansPool;

/// <summary>What happened in one node's share of a pool since the node started.</summary>
/// <param name="Leases">Leases taken.</param>
/// <param name="Frees">Leases freed by their holder.</param>
/// <param name="Expiries">Leases that ran out.</param>
/// <param name="Exhaustions">Requests for memory that this node had to turn down.</param>
/// <param name="Fences">Operations refused because their holder's generation was old.</param>
/// <param name="Writes">Operations that changed bytes.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.PoolCounters")]
public readonly record struct PoolCounters(
    [property: Id(0)] long Leases,
    [property: Id(1)] long Frees,
    [property: Id(2)] long Expiries,
    [property: Id(3)] long Exhaustions,
    [property: Id(4)] long Fences,
    [property: Id(5)] long Writes);
