using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// The page table of one range, as its holder uses it: offset to (extent, block). Immutable; a range that changes swaps its map.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ExtentMap
{
    private readonly OpenExtent[] _extents;
    private readonly ILocalSegment?[] _locals;
    private readonly long[] _extentEnds;
    private readonly int[][] _runEnds;
    private readonly int _blockShift;

    /// <summary>Makes the map; the extents hold at least the range's length.</summary>
    public ExtentMap(OpenExtent[] extents, int blockBytes, long length, ISegmentPath path)
    {
        _extents = extents;
        _blockShift = int.TrailingZeroCount(blockBytes);
        _extentEnds = new long[extents.Length];
        _runEnds = new int[extents.Length][];
        _locals = new ILocalSegment?[extents.Length];
        BlockBytes = blockBytes;
        Length = length;
        long end = 0;
        for (int i = 0; i < extents.Length; i++)
        {
            end += (long)extents[i].Extent.BlockCount * blockBytes;
            _extentEnds[i] = end;
            _locals[i] = path.TryGetLocal(extents[i].Extent.Home, extents[i].Extent.Segment);
            HasLocal |= _locals[i] is not null;
            BlockRun[] runs = extents[i].Runs;
            _runEnds[i] = new int[runs.Length];
            for (int run = 0, blocks = 0; run < runs.Length; run++) _runEnds[i][run] = blocks += runs[run].Count;
        }

        if (end < length) throw new ArgumentException($"The extents hold {end} bytes, fewer than the range's {length}.", nameof(extents));
    }

    /// <summary>Length of the range in bytes.</summary>
    public long Length { get; }

    /// <summary>Size of a block in bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>How many extents there are.</summary>
    public int ExtentCount => _extents.Length;

    /// <summary>An extent.</summary>
    public ref readonly OpenExtent this[int extent] => ref _extents[extent];

    /// <summary>Whether any of the bytes are in this process.</summary>
    public bool HasLocal { get; }

    /// <summary>The segment of an extent, if its bytes are in this process.</summary>
    public ILocalSegment? LocalOf(int extent) => _locals[extent];

    /// <summary>Finds the part of a block with which some bytes begin.</summary>
    /// <param name="offset">First byte, inside the range.</param>
    /// <param name="count">How many bytes.</param>
    /// <returns>The part; its block is negative where the extent was lost.</returns>
    internal BlockSlice Locate(long offset, long count)
    {
        int extent = 0;
        if (_extents.Length > 1)
        {
            extent = Array.BinarySearch(_extentEnds, offset + 1);
            if (extent < 0) extent = ~extent;
        }

        long inExtent = extent == 0 ? offset : offset - _extentEnds[extent - 1];
        int ordinal = (int)(inExtent >> _blockShift);
        int inBlock = (int)inExtent & (BlockBytes - 1);
        return new BlockSlice(extent, BlockAt(extent, ordinal), inBlock, (int)Math.Min(count, BlockBytes - inBlock));
    }

    private int BlockAt(int extent, int ordinal)
    {
        BlockRun[] runs = _extents[extent].Runs;
        if (runs.Length == 0) return -1;
        if (runs.Length == 1) return runs[0].First + ordinal;
        int[] ends = _runEnds[extent];
        int run = Array.BinarySearch(ends, ordinal + 1);
        if (run < 0) run = ~run;
        return runs[run].First + ordinal - (run == 0 ? 0 : ends[run - 1]);
    }
}
