namespace OrleansPool;

/// <summary>Bytes of a region that were lost with their node.</summary>
/// <param name="Offset">First lost byte.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Node">The node that held them.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LostRange")]
public readonly record struct LostRange([property: Id(0)] long Offset, [property: Id(1)] long Bytes, [property: Id(2)] NodeId Node);
