using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Replication;

/// <summary>Where a node gets the memory of its copies.</summary>
internal interface ISegmentMemory
{
    /// <summary>Makes an empty segment of zeroed memory.</summary>
    /// <returns>Null when there is no memory for it.</returns>
    Segment? TryMake(SegmentId segment, string pool, Tick now);

    /// <summary>A copy is not needed any more.</summary>
    void Release(Segment segment);
}
