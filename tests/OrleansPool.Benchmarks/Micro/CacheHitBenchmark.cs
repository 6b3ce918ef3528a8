using BenchmarkDotNet.Attributes;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;

namespace OrleansPool.Benchmarks.Micro;

/// <summary>A hit of 4 KiB in the block cache, S3-FIFO.</summary>
[MemoryDiagnoser]
public class CacheHitBenchmark
{
    private const int BlockCount = 1024;
    private readonly byte[] _buffer = new byte[BlockCache.PageBytes];
    private Arena? _arena;
    private BlockCache? _cache;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        const long CacheBytes = 4L * BlockCount * BlockCache.PageBytes;
        _arena = Arena.Map(new ArenaOptions { CapacityBytes = 2 * CacheBytes });
        if (!_arena.TryCarve(CacheBytes, "cache", out ArenaSlice? slice)) throw new InvalidOperationException("The arena is too small for the cache.");
        _cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = CacheBytes });
        for (int block = 0; block < BlockCount; block++) _cache.Put(Key(block), 1, _buffer);
    }

    [Benchmark]
    public bool Hit() => _cache!.TryGet(Key(_next = (_next + 1) % BlockCount), _buffer, 0, out _);

    [GlobalCleanup]
    public void Cleanup() => _arena!.Dispose();

    private static BlockKey Key(int block) => new(default, new SegmentId(1), block, 1);
}
