namespace OrleansPool.Core.Caching;

/// <summary>How a <see cref="BlockCache"/> is made.</summary>
public sealed class BlockCacheOptions
{
    /// <summary>Most bytes that it may hold.</summary>
    public required long CapacityBytes { get; init; }
}
