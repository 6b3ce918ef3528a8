using System.Collections.Immutable;

namespace OrleansPool.Core.Placement;

/// <summary>What was observed: the input of one round of the rebalancing plan.</summary>
/// <param name="Nodes">Every silo that a segment refers to, and those that hold nothing yet.</param>
/// <param name="Segments">The segments that are not lost.</param>
internal sealed record PlacementState(ImmutableArray<PlacementNode> Nodes, ImmutableArray<PlacementSegment> Segments);
