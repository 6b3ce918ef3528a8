namespace OrleansPool.Core.Replication;

/// <summary>
/// A part of the pool map: the rows of up to <see cref="RowCountMax"/> segments whose ids follow each other. One document, changed by
/// compare-and-swap. The segments that one node makes stand in shards of its own, so that nodes that grow do not contend.
/// </summary>
/// <param name="Version">One more with each write.</param>
/// <param name="Rows">The rows, by segment id.</param>
/// <remarks>Immutable.</remarks>
internal sealed record PoolMapShard(long Version, SegmentRow[] Rows)
{
    /// <summary>Most rows of one shard.</summary>
    public const int RowCountMax = 1024;

    /// <summary>Before anybody wrote it.</summary>
    public static PoolMapShard None { get; } = new(0, []);

    /// <summary>The shard in which a segment's row stands.</summary>
    public static int Of(SegmentId segment) => (int)(segment.Value / RowCountMax);

    /// <summary>The row of a segment, if there is one.</summary>
    public SegmentRow? Find(SegmentId segment) => Array.Find(Rows, row => row.Segment == segment);

    /// <summary>The next version, with some rows written over or added.</summary>
    public PoolMapShard With(IReadOnlyList<SegmentRow> changed)
    {
        var rows = new List<SegmentRow>(Rows);
        foreach (SegmentRow row in changed)
        {
            int at = rows.FindIndex(old => old.Segment == row.Segment);
            if (at < 0) rows.Add(row);
            else rows[at] = row;
        }

        return new PoolMapShard(Version + 1, [.. rows]);
    }
}
