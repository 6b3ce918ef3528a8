using Orleans.Placement;

namespace OrleansPool.Server.Placement;

/// <summary>Puts the grain beside the memory of the region that its key names: see <see cref="RegionPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RegionPlacementAttribute() : PlacementAttribute(RegionPlacement.Singleton);
