using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Caching;

/// <summary>
/// A part of the cache with its own memory and queues: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP
/// 2023) with a small queue as long as ARC would have it (Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache",
/// FAST 2003). New blocks enter the small queue; those that are used again there move to the main queue, the others leave. The main
/// queue gives a block one more round for each use. Of what leaves either, the key is remembered for a while: a block that comes
/// back then enters the main queue, and the queue that let it go becomes longer at the other's expense.
/// </summary>
/// <remarks>
/// A small queue of a fixed tenth keeps scans out, and loses the blocks that come back after a pause longer than that tenth holds,
/// as the turns of a conversation do: EvictionTests measures it.
/// Guarded by a spin gate: critical sections are a copy of one block at most, and shards are many, so waiting is short and rare.
/// Invariants: pages in use = sum of the entries' pages; an entry is in exactly one queue and one bucket; no more ghosts than pages.
/// </remarks>
internal sealed class CacheShard
{
    /// <summary>The small queue's share of the pages, to begin with.</summary>
    public const double SmallShareFirst = 0.5;

    private const int None = CacheTable.None;

    private readonly PageChains _pages;
    private readonly int _pageCount;
    private readonly CacheTable _table;
    private int _smallPagesWanted;
    private int _smallPages;
    private int _gate;

    public CacheShard(ArenaSlice slice, long offset, int pageBytes, int pageCount)
    {
        _pages = new PageChains(slice, offset, pageBytes, pageCount);
        _pageCount = pageCount;
        _smallPagesWanted = Math.Max(1, (int)(pageCount * SmallShareFirst));
        _table = new CacheTable(pageCount + GhostCountMax + 1);
    }

    private int GhostCountMax => _pageCount;

    public long Evictions { get; private set; }

    public long Bytes { get; private set; }

    public int BlockCount => _table.Count(CacheQueue.Small) + _table.Count(CacheQueue.Main);

    public bool TryGetVersion(in BlockKey key, int hash, out ulong version)
    {
        Enter();
        int at = _table.Find(key, hash);
        version = at == None ? 0 : _table[at].Version;
        Leave();
        return version != 0;
    }

    public bool TryGet(in BlockKey key, int hash, Span<byte> destination, int offset, out ulong version)
    {
        version = 0;
        Enter();
        int at = _table.Find(key, hash);
        if (at != None && _table[at].Version != 0 && offset >= 0 && offset <= _table[at].Bytes - destination.Length)
        {
            ref CacheEntry entry = ref _table[at];
            _pages.Load(entry.FirstPage, offset, destination);
            version = entry.Version;
            if (entry.Uses < CacheEntry.UsesMax) entry.Uses++;
        }

        Leave();
        return version != 0;
    }

    /// <summary>Copies bytes of a block that was brought under a reader's own right.</summary>
    public bool TryGet(in BlockKey key, int hash, in LeaseKey lease, int offset, Span<byte> destination, out ulong version, out CacheTerms? terms)
    {
        (version, terms) = (0, null);
        Enter();
        int at = _table.Find(key, hash);
        if (at != None && _table[at].Version != 0 && IsOf(_table[at], lease) && offset >= 0 && offset <= _table[at].Bytes - destination.Length)
        {
            ref CacheEntry entry = ref _table[at];
            _pages.Load(entry.FirstPage, offset, destination);
            (version, terms) = (entry.Version, entry.Terms);
            if (entry.Uses < CacheEntry.UsesMax) entry.Uses++;
        }

        Leave();
        return version != 0;
    }

    /// <summary>Puts a block in under some terms, in the place of whatever is there.</summary>
    public void Keep(in BlockKey key, int hash, in LeaseKey lease, ulong version, ReadOnlySpan<byte> block, CacheTerms terms)
    {
        Enter();
        int at = _table.Find(key, hash);
        if (at != None && _table[at].Version != 0) Drop(at);
        Leave();
        Put(key, hash, version, block, lease, terms);
    }

    /// <summary>Puts a block in, unless it is larger than the shard or a newer version is there.</summary>
    public void Put(in BlockKey key, int hash, ulong version, ReadOnlySpan<byte> block, in LeaseKey lease = default, CacheTerms? terms = null)
    {
        int pages = _pages.PagesFor(block.Length);
        if (pages > _pageCount || pages == 0) return;
        Enter();
        int at = _table.Find(key, hash);
        if (at == None || _table[at].Version < version)
        {
            byte uses = at == None ? (byte)0 : _table[at].Uses;
            CacheQueue queue = at == None ? CacheQueue.Small : CacheQueue.Main;
            if (at != None && _table[at].Queue == CacheQueue.Small) queue = CacheQueue.Small;
            if (at != None && _table[at].Version == 0) Learn(_table[at].Queue, pages);
            if (at != None) Drop(at);
            while (_pages.FreeCount < pages) EvictOne();
            ref CacheEntry entry = ref Insert(key, hash, version, block, queue, uses);
            (entry.Terms, entry.LeaseId, entry.Generation) = (terms, lease.Id, lease.Generation);
        }

        Leave();
    }

    public bool Remove(in BlockKey key, int hash)
    {
        Enter();
        int at = _table.Find(key, hash);
        bool removed = at != None && _table[at].Version != 0;
        if (at != None) Drop(at);
        Leave();
        return removed;
    }

    public int RemoveWhere(Func<BlockKey, bool> matches)
    {
        int removed = 0;
        Enter();
        for (int i = 0; i < _table.EntryCount; i++)
        {
            if (_table[i].Queue == CacheQueue.None || !matches(_table[i].Key)) continue;
            if (_table[i].Version != 0) removed++;
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
            for (var queue = CacheQueue.Small; queue <= CacheQueue.MainGhost; queue++)
            {
                int count = 0;
                int queuePages = 0;
                for (int at = _table.Oldest(queue); at != None; at = _table[at].Newer, count++)
                {
                    ref CacheEntry entry = ref _table[at];
                    Require(entry.Queue == queue, "an entry stands in its queue");
                    Require(_table.Find(entry.Key, BlockCache.HashOf(entry.Key)) == at, "an entry is found by its key");
                    Require((entry.Version == 0) == (queue >= CacheQueue.SmallGhost), "only ghosts have no bytes");
                    if (entry.Version == 0) continue;
                    queuePages += _pages.PagesFor(entry.Bytes);
                    bytes += entry.Bytes;
                }

                Require(count == _table.Count(queue), "a queue counts its entries");
                if (queue == CacheQueue.Small) Require(queuePages == _smallPages, "the small queue counts its pages");
                pages += queuePages;
            }

            Require(pages + _pages.FreeCount == _pageCount, "pages in use + free pages = pages");
            Require(GhostCount <= GhostCountMax, "there are no more ghosts than pages");
            Require(bytes == Bytes, "the bytes are the sum of the entries");
        }
        finally
        {
            Leave();
        }
    }

    private static bool IsOf(in CacheEntry entry, in LeaseKey lease) =>
        (entry.LeaseId == lease.Id && entry.Generation == lease.Generation) || Replication.Mutant.Is(Replication.Mutation.CachedHitWithoutGeneration);

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

    private int GhostCount => _table.Count(CacheQueue.SmallGhost) + _table.Count(CacheQueue.MainGhost);

    private ref CacheEntry Insert(in BlockKey key, int hash, ulong version, ReadOnlySpan<byte> block, CacheQueue queue, byte uses)
    {
        int at = _table.Add(key, hash);
        ref CacheEntry entry = ref _table[at];
        entry.Version = version;
        entry.Bytes = block.Length;
        entry.FirstPage = _pages.Store(block);
        entry.Uses = uses;
        Bytes += block.Length;
        Push(at, queue);
        return ref entry;
    }

    /// <summary>A ghost comes back: the queue that let it go was too short. The rarer such ghosts are beside the other's, the more one of them says.</summary>
    private void Learn(CacheQueue ghost, int pages)
    {
        int small = Math.Max(1, _table.Count(CacheQueue.SmallGhost));
        int main = Math.Max(1, _table.Count(CacheQueue.MainGhost));
        long step = ghost == CacheQueue.SmallGhost ? (long)pages * Math.Max(1, main / small) : -(long)pages * Math.Max(1, small / main);
        _smallPagesWanted = (int)Math.Clamp(_smallPagesWanted + step, 1, _pageCount);
    }

    /// <summary>Makes room, or comes nearer to it: from the small queue while it is longer than it should be, else from the main queue.</summary>
    private void EvictOne()
    {
        bool fromSmall = _table.Count(CacheQueue.Main) == 0 || (_smallPages > _smallPagesWanted && _table.Count(CacheQueue.Small) > 0);
        int at = _table.Oldest(fromSmall ? CacheQueue.Small : CacheQueue.Main);
        ref CacheEntry entry = ref _table[at];
        Unlink(at);
        if (entry.Uses > 0)
        {
            entry.Uses = fromSmall ? (byte)0 : (byte)(entry.Uses - 1);
            Push(at, CacheQueue.Main);
            return;
        }

        ReleaseBytes(ref entry);
        Push(at, fromSmall ? CacheQueue.SmallGhost : CacheQueue.MainGhost);
        Evictions++;
        if (GhostCount <= GhostCountMax) return;
        bool moreSmall = _table.Count(CacheQueue.SmallGhost) > _table.Count(CacheQueue.MainGhost);
        Drop(_table.Oldest(moreSmall ? CacheQueue.SmallGhost : CacheQueue.MainGhost));
    }

    private void ReleaseBytes(ref CacheEntry entry)
    {
        _pages.Free(entry.FirstPage);
        if (!Replication.Mutant.Is(Replication.Mutation.EvictedBytesStayCounted)) Bytes -= entry.Bytes;
        entry.FirstPage = None;
        entry.Version = 0;
        entry.Terms = null;
    }

    private void Drop(int at)
    {
        ref CacheEntry entry = ref _table[at];
        Unlink(at);
        if (entry.Version != 0) ReleaseBytes(ref entry);
        _table.Remove(at);
    }

    private void Push(int at, CacheQueue queue)
    {
        _table.Push(at, queue);
        if (queue == CacheQueue.Small) _smallPages += _pages.PagesFor(_table[at].Bytes);
    }

    private void Unlink(int at)
    {
        if (_table[at].Queue == CacheQueue.Small) _smallPages -= _pages.PagesFor(_table[at].Bytes);
        _table.Unlink(at);
    }
}
