namespace OrleansPool.Server.Placement;

/// <summary>Places a grain on the silo that its key names, and keeps it out of the grain directory.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class NodePinnedPlacement : PlacementStrategy
{
    internal static NodePinnedPlacement Singleton { get; } = new();

    public override bool IsUsingGrainDirectory => false;
}
