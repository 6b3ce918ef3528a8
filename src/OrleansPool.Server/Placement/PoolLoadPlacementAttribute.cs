using Orleans.Placement;

namespace OrleansPool.Server.Placement;

/// <summary>Puts the grain on the silo with the most free pool memory: see <see cref="PoolLoadPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PoolLoadPlacementAttribute() : PlacementAttribute(PoolLoadPlacement.Singleton);
