namespace OrleansPool.Core.Wire;

/// <summary>Asks any node for the rows that it knows of some segment. Answered by a <see cref="RowNotice"/>, or not at all.</summary>
internal sealed record Resolve(SegmentId Segment) : Message;
