using OrleansPool.Core;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>The memory of one life of a silo: real arenas, so that the code under test is the code that runs.</summary>
internal sealed class SimMemory(SegmentGeometry geometry, SeededRandom random, Func<int> copiesMax) : ISegmentMemory
{
    [ThreadStatic]
    private static Arena? s_arena;

    private ArenaSlice? _cache;
    private readonly Dictionary<Segment, (ArenaSlice Frames, ArenaSlice Book)> _slices = [];

    private static Arena Arena => s_arena ??= Arena.Map(new ArenaOptions { CapacityBytes = 64 << 20, PrefaultThreads = 1 });

    public Segment? TryMake(SegmentId segment, string pool, Tick now)
    {
        if (_slices.Count >= copiesMax() || !Arena.TryCarve(geometry.FrameBytes, "frames", out ArenaSlice? frames)) return null;
        if (!Arena.TryCarve(geometry.BookBytes, "book", out ArenaSlice? book)) throw new InvalidOperationException("The simulation's arena is full.");
        var made = new Segment(segment, geometry, frames, book, new UInt128(random.Next(), random.Next()), now);
        _slices.Add(made, (frames, book));
        return made;
    }

    public void Release(Segment segment)
    {
        if (!_slices.Remove(segment, out (ArenaSlice Frames, ArenaSlice Book) slices)) return;
        Arena.GiveBack(slices.Frames);
        Arena.GiveBack(slices.Book);
    }

    /// <summary>Moves a segment into other memory of the same node, if it can be moved now.</summary>
    public void MoveHome(Segment segment)
    {
        if (!_slices.TryGetValue(segment, out (ArenaSlice Frames, ArenaSlice Book) old) || !Arena.TryCarve(geometry.FrameBytes, "frames", out ArenaSlice? frames)) return;
        if (!Arena.TryCarve(geometry.BookBytes, "book", out ArenaSlice? book)) throw new InvalidOperationException("The simulation's arena is full.");
        bool isMoved = segment.TryMove(frames, book);
        if (isMoved) _slices[segment] = (frames, book);
        Arena.GiveBack(isMoved ? old.Frames : frames);
        Arena.GiveBack(isMoved ? old.Book : book);
    }

    /// <summary>The cache that was made; null for none.</summary>
    public BlockCache? Cache { get; private set; }

    /// <summary>Makes a cache so small that it evicts, with pages of one block; null for one of no blocks.</summary>
    public BlockCache? MakeCache(int blockCount)
    {
        if (blockCount == 0) return null;
        int bytes = geometry.BlockBytes * blockCount;
        if (!Arena.TryCarve(bytes, "cache", out _cache)) throw new InvalidOperationException("The simulation's arena is full.");
        return Cache = new BlockCache(_cache, new BlockCacheOptions { CapacityBytes = bytes }, geometry.BlockBytes);
    }

    /// <summary>The life is over.</summary>
    public void ReleaseAll()
    {
        foreach (Segment segment in _slices.Keys.ToArray()) Release(segment);
        if (_cache is not null) Arena.GiveBack(_cache);
        _cache = null;
    }
}
