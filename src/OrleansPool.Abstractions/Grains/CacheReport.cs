namespace OrleansPool.Grains;

/// <summary>What a silo's block cache holds and did since the silo started.</summary>
/// <param name="Policy">Name of the eviction policy.</param>
/// <param name="CapacityBytes">Most bytes it may hold.</param>
/// <param name="Bytes">Bytes it holds.</param>
/// <param name="Blocks">Blocks it holds.</param>
/// <param name="Hits">Reads whose cached bytes the owner confirmed.</param>
/// <param name="Misses">Reads that brought bytes.</param>
/// <param name="Evictions">Blocks dropped to make room.</param>
/// <param name="BytesServed">Bytes served from the cache.</param>
/// <param name="BytesFilled">Bytes brought in.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.CacheReport")]
public sealed record CacheReport(
    [property: Id(0)] string Policy,
    [property: Id(1)] long CapacityBytes,
    [property: Id(2)] long Bytes,
    [property: Id(3)] long Blocks,
    [property: Id(4)] long Hits,
    [property: Id(5)] long Misses,
    [property: Id(6)] long Evictions,
    [property: Id(7)] long BytesServed,
    [property: Id(8)] long BytesFilled);
