namespace OrleansPool.Core.Caching;

/// <summary>A cached block, or, as a ghost, the memory that a block was evicted lately.</summary>
internal struct CacheEntry
{
    /// <summary>Most uses that are counted.</summary>
    public const byte UsesMax = 3;

    public BlockKey Key;

    /// <summary>Version of the bytes; 0 for a ghost.</summary>
    public ulong Version;

    /// <summary>What the copy rests on; null where nothing but the owner's word does.</summary>
    public CacheTerms? Terms;

    /// <summary>The right under which the copy was brought: others do not see it.</summary>
    public LeaseId LeaseId;

    public ulong Generation;

    /// <summary>First page of the bytes; -1 for a ghost.</summary>
    public int FirstPage;

    public int Bytes;

    /// <summary>Next entry of the same hash bucket, or next unused entry.</summary>
    public int NextInBucket;

    /// <summary>Neighbours in its queue.</summary>
    public int Newer;

    public int Older;

    public CacheQueue Queue;

    /// <summary>Uses since it entered its queue, up to <see cref="UsesMax"/>.</summary>
    public byte Uses;
}
