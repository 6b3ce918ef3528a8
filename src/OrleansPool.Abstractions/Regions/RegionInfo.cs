namespace OrleansPool;

/// <summary>A region as a listing shows it.</summary>
/// <param name="Name">Name of the region.</param>
/// <param name="Pool">Pool that its memory comes from.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="LostBytes">How many of them were lost with their node.</param>
/// <param name="Nodes">The nodes that hold its bytes.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.RegionInfo")]
public sealed record RegionInfo(
    [property: Id(0)] string Name,
    [property: Id(1)] string Pool,
    [property: Id(2)] long Length,
    [property: Id(3)] long LostBytes,
    [property: Id(4)] IReadOnlyList<NodeId> Nodes);
