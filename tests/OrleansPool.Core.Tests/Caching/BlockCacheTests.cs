using CsCheck;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;

namespace OrleansPool.Core.Tests.Caching;

public sealed class BlockCacheTests
{
    private const int PageBytes = 64;
    private const int CapacityBytes = 24 * PageBytes;

    [Fact]
    public void It_gives_back_what_was_put_last_or_nothing_and_stays_whole() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 60], Gen.Int[1, 400]).Array[1, 300].Sample(
            acts =>
            {
                using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 64 << 10, PrefaultThreads = 1 });
                Assert.True(arena.TryCarve(CapacityBytes, "cache", out ArenaSlice? slice));
                var cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = CapacityBytes }, PageBytes);
                Dictionary<int, (ulong Version, int Bytes)> last = [];
                ulong version = 0;
                foreach ((int act, int block, int bytes) in acts)
                {
                    var key = new BlockKey(default, new SegmentId(1), block, 1);
                    if (act == 0)
                    {
                        cache.Remove(key);
                        Assert.False(cache.TryGetVersion(key, out _));
                    }
                    else if (act < 5)
                    {
                        byte[] content = new byte[bytes];
                        Array.Fill(content, (byte)++version);
                        cache.Put(key, version, content);
                        last[block] = (version, bytes);
                    }
                    else if (last.TryGetValue(block, out (ulong Version, int Bytes) its))
                    {
                        byte[] read = new byte[its.Bytes];
                        if (!cache.TryGet(key, read, 0, out ulong found)) continue;
                        Assert.Equal(its.Version, found);
                        Assert.All(read, value => Assert.Equal((byte)its.Version, value));
                    }

                    cache.CheckIntegrity();
                    Assert.InRange(cache.Describe().Bytes, 0, CapacityBytes);
                }
            },
            iter: 2_000, threads: 1);
}
