namespace OrleansPool.Core.Caching;

/// <summary>Where an entry of a cache stands.</summary>
internal enum CacheQueue : byte
{
    /// <summary>Unused.</summary>
    None,

    /// <summary>New blocks, on probation.</summary>
    Small,

    /// <summary>Blocks that were used again.</summary>
    Main,

    /// <summary>Blocks that left probation unused: only their key is remembered.</summary>
    SmallGhost,

    /// <summary>Blocks that left the main queue: only their key is remembered.</summary>
    MainGhost,
}
