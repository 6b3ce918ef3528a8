using System.Globalization;

namespace OrleansPool;

/// <summary>Names one segment of the fabric: a run of blocks of one pool. Unique for the life of a cluster and never reused.</summary>
/// <param name="Value">The id; zero names no segment.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.SegmentId")]
public readonly record struct SegmentId([property: Id(0)] ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
