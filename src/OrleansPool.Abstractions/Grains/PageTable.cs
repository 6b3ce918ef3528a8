namespace OrleansPool.Grains;

/// <summary>Where the bytes of a region are.</summary>
/// <param name="Name">Name of the region.</param>
/// <param name="Pool">Pool of its memory.</param>
/// <param name="Version">Version of the table; a later one has a higher number.</param>
/// <param name="Length">Length of the region in bytes.</param>
/// <param name="BlockBytes">Size of the pool's blocks.</param>
/// <param name="Extents">The extents, in order of their bytes; an extent that was lost has no runs.</param>
/// <param name="LostRanges">The bytes of the extents that were lost.</param>
/// <param name="Id">Which region of that name: drawn when it was made, so that one made anew after a delete is told apart.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.PageTable")]
public sealed record PageTable(
    [property: Id(0)] string Name,
    [property: Id(1)] string Pool,
    [property: Id(2)] long Version,
    [property: Id(3)] long Length,
    [property: Id(4)] int BlockBytes,
    [property: Id(5)] OpenExtent[] Extents,
    [property: Id(6)] LostRange[] LostRanges,
    [property: Id(7)] Guid Id);
