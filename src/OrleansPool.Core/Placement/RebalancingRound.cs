using System.Collections.Immutable;

namespace OrleansPool.Core.Placement;

/// <summary>What one round of the rebalancing plan says.</summary>
/// <param name="Outcome">Why there are steps, or none.</param>
/// <param name="Steps">At most one step a segment; in the order of their urgency.</param>
internal readonly record struct RebalancingRound(RebalancingOutcome Outcome, ImmutableArray<PlacementStep> Steps);
