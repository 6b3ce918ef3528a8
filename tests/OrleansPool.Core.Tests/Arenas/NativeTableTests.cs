using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class NativeTableTests
{
    private static readonly Arena s_arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20 });

    [Fact]
    public void Items_keep_what_is_written_and_begin_as_zero()
    {
        Assert.True(s_arena.TryCarve(NativeTable<long>.BytesFor(100), "table", out ArenaSlice? slice));
        NativeTable<long> table = new(slice, 0, 100);
        for (int i = 0; i < table.Count; i++)
        {
            Assert.Equal(0, table[i]);
            table[i] = i * 3;
        }
        for (int i = 0; i < table.Count; i++)
            Assert.Equal(i * 3, table[i]);
        Assert.Equal(100, table.AsSpan().Length);
        s_arena.GiveBack(slice);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(int.MinValue)]
    public void An_index_outside_of_the_table_is_refused_in_every_build(int index)
    {
        Assert.True(s_arena.TryCarve(4096, "table", out ArenaSlice? slice));
        NativeTable<int> table = new(slice, 64, 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[index]);
        s_arena.GiveBack(slice);
    }

    [Fact]
    public void A_table_that_does_not_fit_or_is_not_aligned_is_refused()
    {
        Assert.True(s_arena.TryCarve(4096, "table", out ArenaSlice? slice));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeTable<long>(slice, 0, 513));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeTable<long>(slice, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeTable<long>(slice, 0, -1));
        s_arena.GiveBack(slice);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 64)]
    [InlineData(8, 64)]
    [InlineData(9, 128)]
    public void Tables_that_follow_each_other_share_no_cache_line(int count, long bytes) =>
        Assert.Equal(bytes, NativeTable<long>.BytesFor(count));
}
