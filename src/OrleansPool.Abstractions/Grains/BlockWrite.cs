namespace OrleansPool.Grains;

/// <summary>Changes bytes of one block.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Key">The writer's right.</param>
/// <param name="Request">The request, for exactly-once.</param>
/// <param name="Block">Index of the block.</param>
/// <param name="Offset">First byte in the block.</param>
/// <param name="Count">How many bytes; 8 for the integer operations.</param>
/// <param name="Operand">The desired value, or the addend.</param>
/// <param name="Expected">The value that must be there.</param>
/// <param name="Fence">Number of the lock fence that the write carries; zero for none.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockWrite")]
public readonly record struct BlockWrite(
    [property: Id(0)] BlockWriteKind Kind,
    [property: Id(1)] SegmentId Segment,
    [property: Id(2)] LeaseKey Key,
    [property: Id(3)] RequestId Request,
    [property: Id(4)] int Block,
    [property: Id(5)] int Offset,
    [property: Id(6)] int Count,
    [property: Id(7)] long Operand,
    [property: Id(8)] long Expected,
    [property: Id(9)] ulong Fence = 0);
