using Orleans.Placement;

namespace OrleansPool.Server.Placement;

/// <summary>See <see cref="NodePinnedPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NodePinnedPlacementAttribute() : PlacementAttribute(NodePinnedPlacement.Singleton);
