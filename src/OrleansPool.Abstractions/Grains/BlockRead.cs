namespace OrleansPool.Grains;

/// <summary>Reads bytes of one block.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Key">The reader's right.</param>
/// <param name="Block">Index of the block.</param>
/// <param name="Offset">First byte in the block.</param>
/// <param name="Count">How many bytes.</param>
/// <param name="KnownVersion">Version of the bytes that the reader has; zero for none. If they are current, none are sent.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockRead")]
public readonly record struct BlockRead(
    [property: Id(0)] SegmentId Segment,
    [property: Id(1)] LeaseKey Key,
    [property: Id(2)] int Block,
    [property: Id(3)] int Offset,
    [property: Id(4)] int Count,
    [property: Id(5)] ulong KnownVersion);
