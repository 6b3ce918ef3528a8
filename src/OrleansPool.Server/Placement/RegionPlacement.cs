namespace OrleansPool.Server.Placement;

/// <summary>
/// Places a grain beside the memory of the region that its key names: on the silo that holds the region's first bytes. Where there
/// is no such region, as <see cref="PoolLoadPlacement"/> does.
/// </summary>
/// <remarks>The region's name is the grain's string key, up to the first '/' if it has one.</remarks>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
public sealed class RegionPlacement : PlacementStrategy
{
    internal static RegionPlacement Singleton { get; } = new();
}
