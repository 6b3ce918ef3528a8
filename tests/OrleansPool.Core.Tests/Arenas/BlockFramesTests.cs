using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class BlockFramesTests
{
    private static (Arena Arena, ArenaSlice Slice, BlockFrames Frames) Make(bool diagnostic, int blockBytes = 128, int blockCount = 10)
    {
        Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20, Diagnostic = diagnostic });
        Assert.True(arena.TryCarve(BlockFrames.BytesFor(blockBytes, blockCount, diagnostic), "frames", out ArenaSlice? slice));
        return (arena, slice, new BlockFrames(slice, blockBytes, blockCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_released_block_is_zeroed_before_reuse(bool diagnostic)
    {
        (Arena arena, ArenaSlice slice, BlockFrames frames) = Make(diagnostic);
        frames.Prepare(3);
        frames[3].Fill(7);
        frames.Retire(3);
        frames.Prepare(3);
        Assert.False(frames[3].ContainsAnyExcept((byte)0));
        arena.GiveBack(slice);
        arena.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocks_do_not_overlap_and_stay_on_cache_lines(bool diagnostic)
    {
        (Arena arena, ArenaSlice slice, BlockFrames frames) = Make(diagnostic);
        for (int i = 0; i < frames.BlockCount; i++)
        {
            frames.Prepare(i);
            frames[i].Fill((byte)(i + 1));
        }
        for (int i = 0; i < frames.BlockCount; i++)
        {
            Assert.Equal(128, frames[i].Length);
            Assert.False(frames[i].ContainsAnyExcept((byte)(i + 1)));
            unsafe
            {
                Assert.Equal(0, (long)frames.GetAddress(i) % 64);
            }
        }
        frames.CheckInvariants();
        arena.GiveBack(slice);
        arena.Dispose();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void A_block_that_does_not_exist_is_refused(int index)
    {
        (Arena arena, _, BlockFrames frames) = Make(diagnostic: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => frames[index].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => frames.Retire(index));
        arena.Dispose();
    }

    [Fact]
    public unsafe void A_write_past_the_end_is_found_when_the_block_is_released()
    {
        (_, _, BlockFrames frames) = Make(diagnostic: true);
        frames.Prepare(4, "the writer");
        frames.GetAddress(4)[128] = 1;
        ArenaFaultException fault = Assert.Throws<ArenaFaultException>(() => frames.Retire(4));
        Assert.Contains("past block 4 ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'the writer'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void A_write_before_the_first_block_is_found()
    {
        (_, _, BlockFrames frames) = Make(diagnostic: true);
        frames.Prepare(0);
        frames.GetAddress(0)[-1] = 1;
        Assert.Contains("before block 0 ", Assert.Throws<ArenaFaultException>(() => frames.Retire(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_after_release_is_found_before_reuse_and_names_the_last_owner()
    {
        (_, _, BlockFrames frames) = Make(diagnostic: true);
        frames.Prepare(2, "the late writer");
        frames.Retire(2);
        frames[2][100] = 1;
        Assert.Throws<ArenaFaultException>(frames.CheckInvariants);
        ArenaFaultException fault = Assert.Throws<ArenaFaultException>(() => frames.Prepare(2, "the next"));
        Assert.Contains("Block 2 ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'the late writer'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_released_twice_or_given_to_two_is_found()
    {
        (_, _, BlockFrames frames) = Make(diagnostic: true);
        frames.Prepare(1);
        Assert.Throws<ArenaFaultException>(() => frames.Prepare(1));
        frames.Retire(1);
        Assert.Throws<ArenaFaultException>(() => frames.Retire(1));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-64, 1)]
    [InlineData(63, 1)]
    [InlineData(96, 1)]
    [InlineData(2 << 20, 1)]
    [InlineData(int.MinValue, 1)]
    [InlineData(64, 0)]
    [InlineData(64, -1)]
    [InlineData(64, int.MaxValue)]
    public void An_impossible_size_or_count_is_refused(int blockBytes, int blockCount) =>
        Assert.Throws<PoolConfigurationException>(() => BlockFrames.BytesFor(blockBytes, blockCount));

    [Fact]
    public void Frames_that_do_not_fit_the_slice_are_refused()
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20 });
        Assert.True(arena.TryCarve(4096, "small", out ArenaSlice? slice));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockFrames(slice, 1024, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockFrames(slice, 1024, 4, offset: 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockFrames(slice, 1024, 1, offset: 8));
    }
}
