namespace OrleansPool;

/// <summary>What one lease, in one segment, contributes to a larger range.</summary>
/// <param name="Home">The node where the segment was born.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Key">The holder's right over the lease's blocks.</param>
/// <param name="BlockCount">How many blocks the lease holds.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LeaseExtent")]
public readonly record struct LeaseExtent(
    [property: Id(0)] NodeId Home,
    [property: Id(1)] SegmentId Segment,
    [property: Id(2)] LeaseKey Key,
    [property: Id(3)] int BlockCount);
