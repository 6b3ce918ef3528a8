namespace OrleansPool;

/// <summary>
/// One extent of a lease as a listing shows it: who holds what, since when, from which trace. It carries no right over the memory.
/// </summary>
/// <param name="Id">The beginning of the lease's id: enough to find it in a log, too little to use it.</param>
/// <param name="Pool">Pool that the memory comes from.</param>
/// <param name="Node">The node that holds the bytes.</param>
/// <param name="NodeName">Its name.</param>
/// <param name="Segment">The segment that holds the bytes.</param>
/// <param name="Bytes">How much, in whole blocks.</param>
/// <param name="Owner">The label that the holder gave; empty where it gave none.</param>
/// <param name="Age">How long ago it was taken, to the second.</param>
/// <param name="ExpiresIn">When it runs out unless renewed; <see cref="TimeSpan.MaxValue"/> for memory that a region keeps.</param>
/// <param name="Region">The region that keeps it; null for a lease.</param>
/// <param name="TraceId">The trace in which it was taken, as 32 hexadecimal digits; null where there was none or it is not remembered.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseInfo")]
public sealed record LeaseInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string Pool,
    [property: Id(2)] NodeId Node,
    [property: Id(3)] string NodeName,
    [property: Id(4)] SegmentId Segment,
    [property: Id(5)] long Bytes,
    [property: Id(6)] string Owner,
    [property: Id(7)] TimeSpan Age,
    [property: Id(8)] TimeSpan ExpiresIn,
    [property: Id(9)] string? Region,
    [property: Id(10)] string? TraceId);
