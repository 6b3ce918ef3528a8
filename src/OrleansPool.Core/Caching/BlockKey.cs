namespace OrleansPool.Core.Caching;

/// <summary>Names a block as one holder of its lease sees it: a later generation is another key.</summary>
/// <param name="Home">The node's incarnation.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Block">Index of the block.</param>
/// <param name="Generation">Generation of the reader's lease.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct BlockKey(NodeIncarnation Home, SegmentId Segment, int Block, ulong Generation);
