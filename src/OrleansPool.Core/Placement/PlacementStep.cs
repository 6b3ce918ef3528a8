namespace OrleansPool.Core.Placement;

/// <summary>One step of the plan, carried out by the segment's primary with one change of its row.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Segment">Index of the segment.</param>
/// <param name="Node">Index of the node that joins, becomes primary, or goes.</param>
internal readonly record struct PlacementStep(PlacementStepKind Kind, int Segment, int Node);
