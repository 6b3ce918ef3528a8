using OrleansPool.Core.Arenas;
using OrleansPool.Grains;

namespace OrleansPool.Core.Caching;

/// <summary>
/// Copies of other nodes' blocks, off the managed heap and capped in bytes; evicted by an adaptive S3-FIFO (see <see cref="CacheShard"/>). It
/// knows nothing of coherence: a caller asks for a version, has the owner confirm it, and only then uses the bytes.
/// </summary>
/// <remarks>
/// Thread-safe, in shards by a hash of the key. No managed object per block; nothing is allocated on a hit. A block larger than a
/// shard is not cached.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BlockCache
{
    /// <summary>Unit of the cache's memory: a block takes whole pages.</summary>
    public const int PageBytes = 4096;

    private const int ShardCountMax = 16;
    private const int ShardPagesMin = 64;

    private readonly CacheShard[] _shards;
    private long _hits;
    private long _misses;
    private long _bytesServed;
    private long _bytesFilled;

    /// <summary>Makes a cache over some memory.</summary>
    /// <param name="slice">The memory: at least the capacity.</param>
    /// <param name="options">The capacity, at least one page.</param>
    public BlockCache(ArenaSlice slice, BlockCacheOptions options)
        : this(slice, options, PageBytes)
    {
    }

    internal BlockCache(ArenaSlice slice, BlockCacheOptions options, int pageBytes)
    {
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CapacityBytes, slice.Bytes, nameof(options));
        int pages = (int)(options.CapacityBytes / pageBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1, nameof(options));
        int shards = 1;
        while (shards < ShardCountMax && pages / (shards * 2) >= ShardPagesMin) shards *= 2;
        int pagesPerShard = pages / shards;
        _shards = new CacheShard[shards];
        for (int i = 0; i < shards; i++) _shards[i] = new CacheShard(slice, (long)i * pagesPerShard * pageBytes, pageBytes, pagesPerShard);
        CapacityBytes = (long)shards * pagesPerShard * pageBytes;
    }

    /// <summary>Most bytes that the cache may hold.</summary>
    public long CapacityBytes { get; }

    /// <summary>The version of a cached block.</summary>
    public bool TryGetVersion(in BlockKey key, out ulong version)
    {
        int hash = HashOf(key);
        return ShardOf(hash).TryGetVersion(key, hash, out version);
    }

    /// <summary>Copies bytes of a cached block.</summary>
    /// <param name="key">The block.</param>
    /// <param name="destination">Filled on success; untouched otherwise.</param>
    /// <param name="offset">First byte in the block.</param>
    /// <param name="version">Version of the bytes.</param>
    public bool TryGet(in BlockKey key, Span<byte> destination, int offset, out ulong version)
    {
        int hash = HashOf(key);
        return ShardOf(hash).TryGet(key, hash, destination, offset, out version);
    }

    /// <summary>Puts a whole block in. An older version never replaces a newer one.</summary>
    public void Put(in BlockKey key, ulong version, ReadOnlySpan<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfZero(version);
        int hash = HashOf(key);
        ShardOf(hash).Put(key, hash, version, block);
    }

    /// <summary>Copies bytes of a block that was brought under a reader's own right.</summary>
    internal bool TryGet(in BlockKey key, in LeaseKey lease, int offset, Span<byte> destination, out ulong version, out CacheTerms? terms)
    {
        int hash = HashOf(key);
        return ShardOf(hash).TryGet(key, hash, lease, offset, destination, out version, out terms);
    }

    /// <summary>Puts a whole block in under some terms, in the place of whatever is there.</summary>
    internal void Keep(in BlockKey key, in LeaseKey lease, ulong version, ReadOnlySpan<byte> block, CacheTerms terms)
    {
        int hash = HashOf(key);
        ShardOf(hash).Keep(key, hash, lease, version, block, terms);
    }

    /// <summary>Drops a block.</summary>
    public bool Remove(in BlockKey key)
    {
        int hash = HashOf(key);
        return ShardOf(hash).Remove(key, hash);
    }

    /// <summary>Drops a segment's blocks; all blocks when it is default.</summary>
    /// <returns>How many were dropped.</returns>
    public int RemoveSegment(SegmentId segment) => _shards.Sum(shard => shard.RemoveWhere(key => segment == default || key.Segment == segment));

    /// <summary>Counts a read whose cached bytes the owner confirmed.</summary>
    public void CountHit(int bytes)
    {
        Interlocked.Increment(ref _hits);
        Interlocked.Add(ref _bytesServed, bytes);
    }

    /// <summary>Counts a read that brought bytes.</summary>
    public void CountMiss(int bytes)
    {
        Interlocked.Increment(ref _misses);
        Interlocked.Add(ref _bytesFilled, bytes);
    }

    /// <summary>What the cache holds and did.</summary>
    public CacheReport Describe() => new(
        "S3-FIFO", CapacityBytes, _shards.Sum(shard => shard.Bytes), _shards.Sum(shard => (long)shard.BlockCount),
        Interlocked.Read(ref _hits), Interlocked.Read(ref _misses), _shards.Sum(shard => shard.Evictions),
        Interlocked.Read(ref _bytesServed), Interlocked.Read(ref _bytesFilled));

    /// <summary>Walks the whole cache and throws where an invariant does not hold.</summary>
    public void CheckIntegrity()
    {
        foreach (CacheShard shard in _shards) shard.CheckIntegrity();
    }

    internal static int HashOf(in BlockKey key)
    {
        // Multiplied and folded, so that the blocks of one segment spread over all shards and buckets.
        ulong hash = ((ulong)key.Home.Value ^ key.Segment.Value) + ((ulong)(uint)key.Block * 0x9e3779b97f4a7c15) + key.Generation;
        hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93;
        return (int)(hash ^ (hash >> 32));
    }

    private CacheShard ShardOf(int hash) => _shards[(hash >> 16) & (_shards.Length - 1)];
}
