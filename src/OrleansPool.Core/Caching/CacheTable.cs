namespace OrleansPool.Core.Caching;

/// <summary>The entries of a cache: found by key, and each in one queue, the oldest first.</summary>
/// <remarks>Not thread-safe: its shard guards it. Entries are linked by index in one array, so nothing is allocated.</remarks>
internal sealed class CacheTable
{
    public const int None = -1;

    private const int QueueCount = (int)CacheQueue.MainGhost + 1;

    private readonly CacheEntry[] _entries;
    private readonly int[] _buckets;
    private readonly int[] _newest = new int[QueueCount];
    private readonly int[] _oldest = new int[QueueCount];
    private readonly int[] _counts = new int[QueueCount];
    private int _firstUnused;

    public CacheTable(int entryCount)
    {
        _entries = new CacheEntry[entryCount];
        _buckets = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)entryCount)];
        Array.Fill(_buckets, None);
        Array.Fill(_newest, None);
        Array.Fill(_oldest, None);
        for (int i = 0; i < entryCount; i++) _entries[i].NextInBucket = i + 1 < entryCount ? i + 1 : None;
    }

    public int EntryCount => _entries.Length;

    public ref CacheEntry this[int at] => ref _entries[at];

    public int Count(CacheQueue queue) => _counts[(int)queue];

    public int Oldest(CacheQueue queue) => _oldest[(int)queue];

    public int Find(in BlockKey key, int hash)
    {
        int at = _buckets[hash & (_buckets.Length - 1)];
        while (at != None && _entries[at].Key != key) at = _entries[at].NextInBucket;
        return at;
    }

    /// <summary>Takes an unused entry for a key; it is in no queue yet.</summary>
    public int Add(in BlockKey key, int hash)
    {
        int at = _firstUnused;
        ref CacheEntry entry = ref _entries[at];
        _firstUnused = entry.NextInBucket;
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        entry = new CacheEntry { Key = key, NextInBucket = bucket };
        bucket = at;
        return at;
    }

    /// <summary>Forgets an entry that is in no queue any more.</summary>
    public void Remove(int at)
    {
        ref CacheEntry entry = ref _entries[at];
        ref int link = ref _buckets[BlockCache.HashOf(entry.Key) & (_buckets.Length - 1)];
        while (link != at) link = ref _entries[link].NextInBucket;
        link = entry.NextInBucket;
        entry = new CacheEntry { NextInBucket = _firstUnused };
        _firstUnused = at;
    }

    public void Push(int at, CacheQueue queue)
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
    }

    public void Unlink(int at)
    {
        ref CacheEntry entry = ref _entries[at];
        int q = (int)entry.Queue;
        if (entry.Older != None) _entries[entry.Older].Newer = entry.Newer;
        else _oldest[q] = entry.Newer;
        if (entry.Newer != None) _entries[entry.Newer].Older = entry.Older;
        else _newest[q] = entry.Older;
        _counts[q]--;
        entry.Queue = CacheQueue.None;
    }
}
