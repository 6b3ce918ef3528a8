using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;

namespace OrleansPool.Server.Nodes;

/// <summary>How large the segments of a pool are: as large as the node still allows, in halves from the largest.</summary>
internal static class SegmentSizes
{
    private const long FrameBytes = 16L << 20;
    private const long FrameBytesOfLargeBlocks = 64L << 20;
    private const long FrameBytesMin = 1L << 20;
    private const int LargeBlockBytes = 512 << 10;

    /// <summary>The block counts to try, the largest first.</summary>
    /// <param name="blockBytes">Size of a block.</param>
    /// <param name="blockCountMax">Most blocks that the pool may still have.</param>
    /// <param name="isSpill">Whether it is for the spill file: those are small, since they move into memory in one step.</param>
    public static IEnumerable<int> BlockCounts(int blockBytes, long blockCountMax, bool isSpill = false)
    {
        long most = Math.Min(blockCountMax, SegmentGeometry.BlockCountMax);
        long size = blockBytes >= LargeBlockBytes ? FrameBytesOfLargeBlocks : FrameBytes;
        if (isSpill) size = Math.Max(FrameBytesMin, blockBytes);
        for (; size >= Math.Max(FrameBytesMin, blockBytes) && most > 0; size /= 2)
        {
            yield return (int)Math.Min(most, size / blockBytes);
        }
    }

    /// <summary>How many blocks some memory would make, with their metadata and operation logs.</summary>
    public static long BlocksThatFit(long bytes, int blockBytes)
    {
        long blocks = 0;
        foreach (int count in BlockCounts(blockBytes, long.MaxValue))
        {
            var geometry = new SegmentGeometry(blockBytes, count);
            long each = InPages(geometry.FrameBytes) + InPages(geometry.BookBytes);
            blocks += bytes / each * count;
            bytes %= each;
        }

        return blocks;
    }

    private static long InPages(long bytes) => (bytes + Arena.PageBytes - 1) / Arena.PageBytes * Arena.PageBytes;
}
