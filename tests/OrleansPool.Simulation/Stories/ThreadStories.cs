using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>
/// What one thread cannot show: a reader beside a writer, and two readers of one cache, on threads of their own. How they meet differs from time to
/// time; what they see must not.
/// </summary>
internal static class ThreadStories
{
    private const int BlockBytes = 1 << 20;
    private const int WriteCount = 400;
    private const int CachedReadCount = 20_000;

    [Told]
    public static void A_reader_beside_a_writer_sees_whole_writes_only_and_none_of_another_holder()
    {
        using var silo = new LoneSilo(BlockBytes, blockCount: 2);
        LeaseView lease = silo.Lease();
        var isOver = new CancellationTokenSource();
        var reader = new Thread(() => Read(silo, lease, isOver.Token));
        reader.Start();
        byte[] bytes = new byte[BlockBytes];
        for (int write = 1; write <= WriteCount; write++)
        {
            Array.Fill(bytes, (byte)(write % 100));
            silo.Do(Operation.Write(lease.Key, lease.Key.Head, 0, bytes));
        }

        silo.Do(Operation.OnLease(OperationKind.Free, lease.Key));
        LeaseView next = silo.Lease();
        Array.Fill(bytes, byte.MaxValue);
        silo.Do(Operation.Write(next.Key, next.Key.Head, 0, bytes));
        isOver.Cancel();
        reader.Join();
        Assert.Null(s_seen);
    }

    [Told]
    public static void Two_readers_of_one_cache_see_whole_blocks_only()
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20, PrefaultThreads = 1 });
        Assert.True(arena.TryCarve(4 * BlockCache.PageBytes, "cache", out ArenaSlice? slice));
        var cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = 4 * BlockCache.PageBytes });
        int torn = 0;
        Thread[] threads = [.. Enumerable.Range(1, 2).Select(number => new Thread(() => Use(cache, number, ref torn)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        cache.CheckIntegrity();
        Assert.Equal(0, torn);
        arena.GiveBack(slice);
    }

    /// <summary>What a reader saw that it must not.</summary>
    private static volatile string? s_seen;

    private static void Read(LoneSilo silo, LeaseView lease, CancellationToken isOver)
    {
        s_seen = null;
        byte[] bytes = new byte[BlockBytes];
        while (!isOver.IsCancellationRequested)
        {
            if (!silo.Segment.Copy(lease.Key.Head, lease.Key.Generation, 0, bytes, out _)) continue;
            if (bytes.AsSpan().ContainsAnyExcept(bytes[0])) s_seen = "half a write";
            if (bytes[0] == byte.MaxValue) s_seen = "the bytes of another holder";
        }
    }

    private static void Use(BlockCache cache, int number, ref int torn)
    {
        byte[] block = new byte[BlockCache.PageBytes];
        for (int turn = 1; turn <= CachedReadCount; turn++)
        {
            var key = new BlockKey(default, new SegmentId(7), turn % 8, 1);
            if (cache.TryGet(key, block, 0, out ulong version) && block.AsSpan().ContainsAnyExcept((byte)version)) Interlocked.Increment(ref torn);
            ulong written = ((ulong)turn * 2) + (ulong)number;
            Array.Fill(block, (byte)written);
            cache.Put(key, written, block);
        }
    }
}
