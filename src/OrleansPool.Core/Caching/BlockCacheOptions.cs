namespace OrleansPool.Core.Caching;

/// <summary>How a <see cref="BlockCache"/> is made.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BlockCacheOptions
{
    /// <summary>Most bytes that it may hold.</summary>
    public required long CapacityBytes { get; init; }
}
