using CsCheck;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Tests.Fakes;
using OrleansPool.Grains;

namespace OrleansPool.Client.Tests.Ranges;

public sealed class ExtentMapTests
{
    private const int BlockBytes = 64;

    /// <summary>Extents of up to six runs each; about one in six was lost and has none.</summary>
    private static readonly Gen<OpenExtent[]> Extents = Gen.Select(
        Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 9], (first, count) => new BlockRun(first, count)).Array[1, 6], Gen.Int[0, 5]).Array[1, 8]
        .Select(drawn => drawn.Select((extent, i) => Extent(i, extent.Item1, isLost: extent.Item2 == 0)).ToArray());

    [Fact]
    public void An_offset_is_found_where_a_list_of_all_blocks_has_it() => Extents.Sample(extents =>
    {
        (int Extent, int Block)[] blocks = [.. extents.SelectMany((extent, i) => Blocks(extent).Select(block => (i, block)))];
        long length = (long)blocks.Length * BlockBytes;
        var map = new ExtentMap(extents, BlockBytes, length, new FakePath());
        for (long offset = 0; offset < length; offset += 13)
        {
            foreach (long count in new[] { 1, BlockBytes, length - offset })
            {
                (int extent, int block) = blocks[offset / BlockBytes];
                int inBlock = (int)(offset % BlockBytes);
                Assert.Equal(
                    new BlockSlice(extent, block, inBlock, (int)Math.Min(count, BlockBytes - inBlock)), map.Locate(offset, count));
            }
        }
    });

    [Fact]
    public void The_slices_of_a_range_cover_it_once() => Gen.Select(Extents, Gen.Long[0, 10_000], Gen.Long[1, 10_000]).Sample((extents, from, count) =>
    {
        long length = extents.Sum(extent => (long)extent.Extent.BlockCount) * BlockBytes;
        var map = new ExtentMap(extents, BlockBytes, length, new FakePath());
        long offset = from % length;
        long end = Math.Min(length, offset + count);
        for (long at = offset; at < end;)
        {
            BlockSlice slice = map.Locate(at, end - at);
            Assert.InRange(slice.Count, 1, end - at);
            Assert.InRange(slice.Offset + slice.Count, 1, BlockBytes);
            at += slice.Count;
        }
    });

    [Fact]
    public void Extents_beyond_four_gigabytes_are_found()
    {
        const int Block = 1 << 20;
        OpenExtent[] extents = [Extent(0, [new BlockRun(5, 10_000)]), Extent(1, [new BlockRun(9, 10_000)])];
        var map = new ExtentMap(extents, Block, 20_000L * Block, new FakePath());

        Assert.Equal(new BlockSlice(0, 5 + 9_999, Block - 1, 1), map.Locate((10_000L * Block) - 1, 2));
        Assert.Equal(new BlockSlice(1, 9 + 7, 3, 2), map.Locate((10_007L * Block) + 3, 2));
    }

    [Fact]
    public void Extents_that_are_too_small_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new ExtentMap([Extent(0, [new BlockRun(0, 2)])], BlockBytes, 129, new FakePath()));
        Assert.Contains("128 bytes, fewer than the range's 129", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Blocks(OpenExtent extent) => extent.Runs.Length == 0
        ? Enumerable.Repeat(-1, extent.Extent.BlockCount)
        : extent.Runs.SelectMany(run => Enumerable.Range(run.First, run.Count));

    private static OpenExtent Extent(int number, BlockRun[] runs, bool isLost = false)
    {
        OpenExtent extent = Nodes.Extent(Nodes.Node(number), (ulong)number + 1, runs.Sum(run => run.Count));
        return extent with { Runs = isLost ? [] : runs };
    }
}
