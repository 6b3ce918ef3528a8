namespace OrleansPool.Grains;

/// <summary>Lets through, on some bytes of an extent, only writes with certain lock fences; and writes without one.</summary>
/// <param name="Extent">The extent.</param>
/// <param name="Block">Index of the first block.</param>
/// <param name="Offset">First byte in the first block.</param>
/// <param name="Count">How many bytes; they may go on in the blocks that follow. Zero: forget the fences of locks that have ended,
/// which are all up to <paramref name="Fence"/> but <paramref name="Earlier"/>.</param>
/// <param name="Fence">The fence of the lock that is granted.</param>
/// <param name="Earlier">Fences of the locks that share the bytes with it.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockFence")]
public sealed record BlockFence(
    [property: Id(0)] LeaseExtent Extent,
    [property: Id(1)] int Block,
    [property: Id(2)] int Offset,
    [property: Id(3)] int Count,
    [property: Id(4)] ulong Fence,
    [property: Id(5)] ulong[] Earlier);
