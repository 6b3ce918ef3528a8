using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Readers that ask the owner of a block each time whether what they have is still what it is: never stale, however the cache evicts.</summary>
internal static class RevalidationStories
{
    private const int BlockCount = 24;
    private const int BlockBytes = 8192;
    private const int StepCount = 3000;

    [Told(1, 64)]
    [Told(2, 16)]
    [Told(3, 4)]
    [Told(4, 300)]
    [Told(5, 1)]
    [Told(6, 2200)]
    public static void No_read_shows_what_was_overwritten_or_freed_before_it_was_asked_for(int seed, int cachedPages)
    {
        using var silo = new LoneSilo(BlockBytes, BlockCount, seed: (ulong)seed);
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 16 << 20, PrefaultThreads = 1 });
        ArenaSlice slice = Carve(arena, cachedPages);
        var reader = new RevalidatingReader(silo, new BlockCache(slice, new BlockCacheOptions { CapacityBytes = (long)cachedPages * BlockCache.PageBytes }));
        SeededRandom random = silo.Random;
        var leases = new List<LeaseView>();
        var written = new Dictionary<(int Block, ulong Version), byte>();
        int answered = 0;
        for (int step = 0; step < StepCount; step++)
        {
            silo.Pass(random.Between(TimeSpan.Zero, TimeSpan.FromMicroseconds(300)));
            if (leases.Count == 0 || random.OneIn(10)) Take();
            else if (random.OneIn(15)) End(random.Pick(leases), isHandedOn: random.OneIn(2));
            else if (random.OneIn(5)) Write(random.Pick(leases));
            else Read(random.OneIn(2) ? leases[0] : random.Pick(leases), isOver: false);
            if (random.OneIn(400)) reader.Forget();
            if (random.OneIn(50)) reader.Cache.CheckIntegrity();
        }

        silo.Pass(TimeSpan.FromSeconds(1));
        reader.Cache.CheckIntegrity();
        CacheReport report = reader.Cache.Describe();
        Assert.True(answered > StepCount / 3);
        Assert.Equal(cachedPages * BlockCache.PageBytes >= BlockBytes, report.Hits > 0);
        if (cachedPages is 4 or 16) Assert.True(report.Evictions > 0);
        Assert.True(report.Bytes <= report.CapacityBytes && report.Blocks * BlockBytes == report.Bytes);
        reader.Forget();
        Assert.Equal(0, reader.Cache.Describe().Blocks);
        arena.GiveBack(slice);

        void Take()
        {
            if (silo.Segment.FreeBlockCount == 0) return;
            LeaseView lease = silo.Lease();
            leases.Add(lease);
            written[(lease.Key.Head, lease.Key.Generation)] = 0;
        }

        void Write(LeaseView lease)
        {
            byte value = (byte)random.Between(1, 255);
            byte[] bytes = new byte[BlockBytes];
            Array.Fill(bytes, value);
            written[(lease.Key.Head, silo.Do(Operation.Write(lease.Key, lease.Key.Head, 0, bytes)).Sequence)] = value;
        }

        void End(LeaseView lease, bool isHandedOn)
        {
            int block = lease.Key.Head;
            leases.Remove(lease);
            ulong last = VersionOf(block);
            if (!isHandedOn)
            {
                silo.Do(Operation.OnLease(OperationKind.Free, lease.Key));
            }
            else
            {
                LeaseView handed = silo.Do(Operation.OnLease(OperationKind.Transfer, lease.Key)).Lease;
                leases.Add(handed);
                written[(block, handed.Key.Generation)] = written[(block, last)];
            }

            Read(lease, isOver: true);
        }

        void Read(LeaseView lease, bool isOver)
        {
            int block = lease.Key.Head;
            ulong committed = VersionOf(block);
            int offset = random.Below(BlockBytes);
            reader.Read(lease.Key, block, offset, 1 + random.Below(BlockBytes - offset), (status, version, bytes) =>
            {
                answered++;
                if (status == OperationStatus.Fenced) return;
                Assert.Equal(OperationStatus.Ok, status);
                Assert.False(isOver, "its lease was over before it was asked for");
                Assert.True(version >= committed, $"block {block}: version {version} was shown, and {committed} was committed before the read began");
                Assert.True(!bytes.AsSpan().ContainsAnyExcept(written[(block, version)]), $"block {block}: the bytes are not those of version {version}");
            });
        }

        ulong VersionOf(int block) => silo.Segment.Store[block].Version >> 1;
    }

    [Told]
    public static void A_block_that_is_larger_than_the_cache_or_that_has_no_bytes_is_read_and_not_kept()
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20, PrefaultThreads = 1 });
        ArenaSlice slice = Carve(arena, 1);
        var cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = BlockCache.PageBytes });
        var place = new BlockKey(default, new SegmentId(7), 0, 1);
        cache.Put(place, 1, new byte[BlockCache.PageBytes + 1]);
        cache.Put(place, 1, default);
        Assert.False(cache.TryGetVersion(place, out _) || cache.TryGet(place, new byte[1], 0, out _) || cache.Remove(place));
        cache.CheckIntegrity();
        arena.GiveBack(slice);
    }

    [Told]
    public static void An_answer_that_another_has_overtaken_does_not_bring_the_older_bytes_back()
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20, PrefaultThreads = 1 });
        ArenaSlice slice = Carve(arena, 8);
        var cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = 8 * BlockCache.PageBytes });
        var place = new BlockKey(default, new SegmentId(7), 0, 1);
        cache.Put(place, 5, [5]);
        cache.Put(place, 4, [4]);
        cache.Put(place, 5, [6]);
        byte[] bytes = new byte[1];
        Assert.True(cache.TryGet(place, bytes, 0, out ulong version));
        Assert.Equal((5UL, (byte)5), (version, bytes[0]));
        Assert.False(cache.TryGet(place, bytes, -1, out _) || cache.TryGet(place, new byte[2], 0, out _), "a token may be wrong about the length");
        cache.Put(place with { Segment = new SegmentId(8) }, 1, [1]);
        Assert.Equal((1, 1), (cache.RemoveSegment(place.Segment), cache.RemoveSegment(default)));
        arena.GiveBack(slice);
    }

    private static ArenaSlice Carve(Arena arena, int pages) =>
        arena.TryCarve((long)pages * BlockCache.PageBytes, "cache", out ArenaSlice? slice) ? slice : throw new StoryException("the arena is full");
}
