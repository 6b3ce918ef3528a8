namespace OrleansPool.Client.Ranges;

/// <summary>The part of one block that an operation touches.</summary>
/// <param name="Extent">Index of the extent in the range's map.</param>
/// <param name="Block">Index of the block in its segment.</param>
/// <param name="Offset">First byte in the block.</param>
/// <param name="Count">How many bytes.</param>
internal readonly record struct BlockSlice(int Extent, int Block, int Offset, int Count);
