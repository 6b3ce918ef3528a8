using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Caching;

/// <summary>
/// A part of the cache with its own memory and its own three queues: S3-FIFO (Yang et al., "FIFO queues are all you need for cache
/// eviction", SOSP 2023). New blocks enter the small queue, a tenth of the memory; those that are used again there move to the main
/// queue, the others leave, and only their keys are remembered for a while: a block that comes back then enters the main queue.
/// The main queue gives a block one more round for each use.
/// </summary>
/// <remarks>
/// Guarded by a spin gate: critical sections are a copy of one block at most, and shards are many, so waiting is short and rare.
/// Invariants: pages in use = sum of the entries' pages; an entry is in exactly one queue and one bucket.
/// </remarks>
internal sealed class CacheShard
{
    /// <summary>The small queue's share of the pages.</summary>
    public const double SmallShare = 0.1;

    private const int None = -1;

    private readonly PageChains _pages;
    private readonly int _pageCount;
    private readonly CacheEntry[] _entries;
    private readonly int[] _buckets;
    private readonly int[] _newest = [None, None, None, None];
    private readonly int[] _oldest = [None, None, None, None];
    private readonly int[] _counts = new int[4];
    private readonly int _smallPagesMax;
    private readonly int _ghostCountMax;
    private int _smallPages;
    private int _firstUnused;
    private int _gate;

    public CacheShard(ArenaSlice slice, long offset, int pageBytes, int pageCount)
    {
        _pages = new PageChains(slice, offset, pageBytes, pageCount);
        _pageCount = pageCount;
        _smallPagesMax = Math.Max(1, (int)(pageCount * SmallShare));
        _ghostCountMax = pageCount;
        _entries = new CacheEntry[pageCount + _ghostCountMax + 1];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_entries.Length)];
        Array.Fill(_buckets, None);
        for (int i = 0; i < _entries.Length; i++) _entries[i].NextInBucket = i + 1 < _entries.Length ? i + 1 : None;
    }

    public long Evictions { get; private set; }

    public long Bytes { get; private set; }

    public int BlockCount => _counts[(int)CacheQueue.Small] + _counts[(int)CacheQueue.Main];

    public bool TryGetVersion(in BlockKey key, int hash, out ulong version)
    {
        Enter();
        int at = Find(key, hash);
        version = at == None ? 0 : _entries[at].Version;
        Leave();
        return version != 0;
    }

    public bool TryGet(in BlockKey key, int hash, Span<byte> destination, int offset, out ulong version)
    {
        version = 0;
        Enter();
        int at = Find(key, hash);
        if (at != None && _entries[at].Version != 0 && offset >= 0 && offset <= _entries[at].Bytes - destination.Length)
        {
            ref CacheEntry entry = ref _entries[at];
            _pages.Load(entry.FirstPage, offset, destination);
            version = entry.Version;
            if (entry.Uses < CacheEntry.UsesMax) entry.Uses++;
        }

        Leave();
        return version != 0;
    }

    /// <summary>Puts a block in, unless it is larger than the shard or a newer version is there.</summary>
    public void Put(in BlockKey key, int hash, ulong version, ReadOnlySpan<byte> block)
    {
        int pages = _pages.PagesFor(block.Length);
        if (pages > _pageCount || pages == 0) return;
        Enter();
        int at = Find(key, hash);
        if (at == None || _entries[at].Version < version)
        {
            byte uses = at == None ? (byte)0 : _entries[at].Uses;
            CacheQueue queue = at == None ? CacheQueue.Small : CacheQueue.Main;
            if (at != None && _entries[at].Queue == CacheQueue.Small) queue = CacheQueue.Small;
            if (at != None) Drop(at);
            while (_pages.FreeCount < pages) EvictOne();
            Insert(key, hash, version, block, queue, uses);
        }

        Leave();
    }

    public bool Remove(in BlockKey key, int hash)
    {
        Enter();
        int at = Find(key, hash);
        bool removed = at != None && _entries[at].Version != 0;
        if (at != None) Drop(at);
        Leave();
        return removed;
    }

    public int RemoveWhere(Func<BlockKey, bool> matches)
    {
        int removed = 0;
        Enter();
        for (int i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Queue == CacheQueue.None || !matches(_entries[i].Key)) continue;
            if (_entries[i].Version != 0) removed++;
            Drop(i);
        }

        Leave();
        return removed;
    }

    public void CheckIntegrity()
    {
        Enter();
        try
        {
            int pages = 0;
            long bytes = 0;
            for (var queue = CacheQueue.Small; queue <= CacheQueue.Ghost; queue++)
            {
                int count = 0;
                int queuePages = 0;
                for (int at = _oldest[(int)queue]; at != None; at = _entries[at].Newer, count++)
                {
                    ref CacheEntry entry = ref _entries[at];
                    Require(entry.Queue == queue, "an entry stands in its queue");
                    Require(Find(entry.Key, BlockCache.HashOf(entry.Key)) == at, "an entry is found by its key");
                    Require((entry.Version == 0) == (queue == CacheQueue.Ghost), "only ghosts have no bytes");
                    if (queue == CacheQueue.Ghost) continue;
                    queuePages += _pages.PagesFor(entry.Bytes);
                    bytes += entry.Bytes;
                }

                Require(count == _counts[(int)queue], "a queue counts its entries");
                if (queue == CacheQueue.Small) Require(queuePages == _smallPages, "the small queue counts its pages");
                pages += queuePages;
            }

            Require(pages + _pages.FreeCount == _pageCount, "pages in use + free pages = pages");
            Require(bytes == Bytes, "the bytes are the sum of the entries");
        }
        finally
        {
            Leave();
        }
    }

    private static void Require(bool holds, string invariant)
    {
        if (!holds) throw new InvalidOperationException($"The block cache is broken: it does not hold that {invariant}.");
    }

    private void Enter()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _gate) != 0 || Interlocked.Exchange(ref _gate, 1) != 0) spin.SpinOnce();
    }

    private void Leave() => Volatile.Write(ref _gate, 0);

    private int Find(in BlockKey key, int hash)
    {
        int at = _buckets[hash & (_buckets.Length - 1)];
        while (at != None && _entries[at].Key != key) at = _entries[at].NextInBucket;
        return at;
    }

    private void Insert(in BlockKey key, int hash, ulong version, ReadOnlySpan<byte> block, CacheQueue queue, byte uses)
    {
        int at = _firstUnused;
        ref CacheEntry entry = ref _entries[at];
        _firstUnused = entry.NextInBucket;
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        entry = new CacheEntry
        {
            Key = key,
            Version = version,
            Bytes = block.Length,
            FirstPage = _pages.Store(block),
            NextInBucket = bucket,
            Uses = uses,
        };
        bucket = at;
        Bytes += block.Length;
        Push(at, queue);
    }

    /// <summary>Makes room: from the small queue while it has more than its share, else from the main queue.</summary>
    private void EvictOne()
    {
        bool fromSmall = _counts[(int)CacheQueue.Main] == 0 || (_smallPages > _smallPagesMax && _counts[(int)CacheQueue.Small] > 0);
        int at = _oldest[(int)(fromSmall ? CacheQueue.Small : CacheQueue.Main)];
        ref CacheEntry entry = ref _entries[at];
        Unlink(at);
        if (fromSmall)
        {
            if (entry.Uses > 0)
            {
                entry.Uses = 0;
                Push(at, CacheQueue.Main);
                return;
            }

            ReleaseBytes(ref entry);
            Push(at, CacheQueue.Ghost);
            Evictions++;
            if (_counts[(int)CacheQueue.Ghost] > _ghostCountMax) Drop(_oldest[(int)CacheQueue.Ghost]);
            return;
        }

        if (entry.Uses > 0)
        {
            entry.Uses--;
            Push(at, CacheQueue.Main);
            return;
        }

        Push(at, CacheQueue.Main);
        Drop(at);
        Evictions++;
    }

    private void ReleaseBytes(ref CacheEntry entry)
    {
        _pages.Free(entry.FirstPage);
        Bytes -= entry.Bytes;
        entry.FirstPage = None;
        entry.Version = 0;
    }

    private void Drop(int at)
    {
        ref CacheEntry entry = ref _entries[at];
        Unlink(at);
        if (entry.Version != 0) ReleaseBytes(ref entry);
        ref int link = ref _buckets[BlockCache.HashOf(entry.Key) & (_buckets.Length - 1)];
        while (link != at) link = ref _entries[link].NextInBucket;
        link = entry.NextInBucket;
        entry = new CacheEntry { NextInBucket = _firstUnused };
        _firstUnused = at;
    }

    private void Push(int at, CacheQueue queue)
    {
        ref CacheEntry entry = ref _entries[at];
        int q = (int)queue;
        entry.Queue = queue;
        entry.Newer = None;
        entry.Older = _newest[q];
        if (entry.Older != None) _entries[entry.Older].Newer = at;
        _newest[q] = at;
        if (_oldest[q] == None) _oldest[q] = at;
        _counts[q]++;
        if (queue == CacheQueue.Small) _smallPages += _pages.PagesFor(entry.Bytes);
    }

    private void Unlink(int at)
    {
        ref CacheEntry entry = ref _entries[at];
        int q = (int)entry.Queue;
        if (entry.Older != None) _entries[entry.Older].Newer = entry.Newer;
        else _oldest[q] = entry.Newer;
        if (entry.Newer != None) _entries[entry.Newer].Older = entry.Older;
        else _newest[q] = entry.Older;
        _counts[q]--;
        if (entry.Queue == CacheQueue.Small) _smallPages -= _pages.PagesFor(entry.Bytes);
        entry.Queue = CacheQueue.None;
    }
}
