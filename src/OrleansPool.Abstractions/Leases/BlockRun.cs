namespace OrleansPool;

/// <summary>Consecutive blocks of one segment.</summary>
/// <param name="First">Index of the first block.</param>
/// <param name="Count">How many blocks.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockRun")]
public readonly record struct BlockRun([property: Id(0)] int First, [property: Id(1)] int Count);
