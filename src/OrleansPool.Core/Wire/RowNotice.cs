using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Wire;

/// <summary>Tells the current row of a segment: to everybody by whoever changed it, and to whoever acts on an older one.</summary>
internal sealed record RowNotice(SegmentRow Row) : Message;
