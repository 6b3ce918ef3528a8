namespace OrleansPool.Core.Replication;

/// <summary>A row that some node wants to write over the row of the epoch before it.</summary>
internal sealed record RowChange(SegmentRow Row)
{
    /// <summary>The epoch over which it is written.</summary>
    public ulong BaseEpoch => Row.Epoch - 1;
}
