namespace OrleansPool;

/// <summary>What a holder shows the owner of the memory, who checks it on every operation.</summary>
/// <param name="Head">Index of the lease's first block in its segment.</param>
/// <param name="Generation">The generation that the holder was given; a later one fences it.</param>
/// <param name="Id">The secret that belongs to segment, generation and rights.</param>
/// <param name="Rights">What the holder may do.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseKey")]
public readonly record struct LeaseKey(
    [property: Id(0)] int Head,
    [property: Id(1)] ulong Generation,
    [property: Id(2)] LeaseId Id,
    [property: Id(3)] LeaseRights Rights);
