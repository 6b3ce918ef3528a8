namespace OrleansPool.Server.Placement;

/// <summary>
/// Places a grain on the silo whose node has the most free pool memory. Orleans' own load statistics see only the garbage
/// collector's heap, not the memory that the pool holds.
/// </summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
public sealed class PoolLoadPlacement : PlacementStrategy
{
    internal static PoolLoadPlacement Singleton { get; } = new();
}
