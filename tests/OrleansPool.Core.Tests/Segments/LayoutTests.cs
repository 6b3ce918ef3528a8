using System.Runtime.CompilerServices;
using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Tests.Segments;

public sealed class LayoutTests
{
    [Fact]
    public void Rows_have_the_sizes_they_state()
    {
        Assert.Equal((24, 24), (BlockRow.ByteCount, Unsafe.SizeOf<BlockRow>()));
        Assert.Equal((20, 20), (LeaseRow.ByteCount, Unsafe.SizeOf<LeaseRow>()));
        Assert.Equal((64, 64), (LogEntry.ByteCount, Unsafe.SizeOf<LogEntry>()));
    }

    [Fact]
    public void The_links_of_a_block_do_not_overlap()
    {
        var row = new BlockRow { Head = BlockRow.None, Next = 5, Flags = (BlockFlags)63, Label = ushort.MaxValue };
        Assert.Equal((BlockRow.None, 5, (BlockFlags)63, ushort.MaxValue), (row.Head, row.Next, row.Flags, row.Label));
        row.Flags = BlockFlags.None;
        row.Head = SegmentGeometry.BlockCountMax - 1;
        Assert.Equal((SegmentGeometry.BlockCountMax - 1, 5, BlockFlags.None, ushort.MaxValue), (row.Head, row.Next, row.Flags, row.Label));
        row.Next = BlockRow.None;
        row.Label = 0;
        Assert.Equal((SegmentGeometry.BlockCountMax - 1, BlockRow.None, BlockFlags.None, (ushort)0), (row.Head, row.Next, row.Flags, row.Label));
    }

    [Theory]
    [InlineData(4096, 4096)]
    [InlineData(4096, 16_384)]
    [InlineData(4096, 256)]
    [InlineData(128, 10)]
    [InlineData(64, 1 << 20)]
    public void Metadata_takes_at_most_48_bytes_a_block(int blockBytes, int blockCount)
    {
        var geometry = new SegmentGeometry(blockBytes, blockCount);

        // A bitmap has whole words, which the smallest segments feel.
        double perBlock = (double)geometry.MetadataBytes / blockCount;
        Assert.True(blockCount < 64 ? geometry.MetadataBytes <= (48 * blockCount) + 16 : perBlock <= 48, $"{perBlock} bytes");
        Assert.Equal(((long)blockCount * 44) + geometry.BitmapBytes, geometry.MetadataBytes);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(32, 1)]
    [InlineData(2 << 20, 1)]
    public void A_block_size_that_is_none_is_refused(int blockBytes, int blockCount) =>
        Assert.Throws<PoolConfigurationException>(() => new SegmentGeometry(blockBytes, blockCount));

    [Theory]
    [InlineData(64, 0)]
    [InlineData(64, -1)]
    [InlineData(64, (1 << 20) + 1)]
    [InlineData(1 << 20, 65)]
    public void A_block_count_out_of_its_limits_is_refused(int blockBytes, int blockCount) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SegmentGeometry(blockBytes, blockCount));
}
