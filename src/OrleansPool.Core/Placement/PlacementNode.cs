namespace OrleansPool.Core.Placement;

/// <summary>A silo as the rebalancing plan sees it.</summary>
/// <param name="Id">What tells it from all others, for ever: ties fall by it.</param>
/// <param name="Zone">The fault domain: what shares a number may fail together.</param>
/// <param name="State">What membership says.</param>
/// <param name="CapacityBytes">Memory that it lends.</param>
/// <param name="UsedBytes">How much of that is in use. Copies and joiners that are listed count even if this is a moment old.</param>
/// <param name="Load">How busy it is, in the unit of <see cref="PlacementSegment.Load"/>: operations per second, say.</param>
internal readonly record struct PlacementNode(ulong Id, int Zone, PlacementNodeState State, long CapacityBytes, long UsedBytes, double Load);
