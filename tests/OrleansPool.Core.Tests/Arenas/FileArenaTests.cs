using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

/// <summary>An arena whose bytes are in a file: what is wrong with the file is told at once, and no file is left behind.</summary>
public sealed class FileArenaTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spill").FullName;

    private string Path => System.IO.Path.Combine(_folder, "spill");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_holds_what_is_written_and_leaves_no_file()
    {
        using Arena arena = Arena.MapFile(Path, 8 << 20);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.True(arena.TryCarve(4 << 20, "test", out ArenaSlice? slice));
        Span<byte> bytes = slice.GetSpan(0, 4 << 20);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));

        bytes.Fill(7);
        Assert.Equal(-1, slice.GetSpan(0, 4 << 20).IndexOfAnyExcept((byte)7));
        arena.GiveBack(slice);

        Assert.True(arena.TryCarve(8 << 20, "next", out slice));
        Assert.Equal(-1, slice.GetSpan(0, 8 << 20).IndexOfAnyExcept((byte)0));
        arena.GiveBack(slice);
        arena.CheckInvariants();
    }

    [Fact]
    public void Two_may_use_one_name_after_each_other()
    {
        using Arena one = Arena.MapFile(Path, 1 << 20);
        using Arena two = Arena.MapFile(Path, 1 << 20);
        Assert.Equal(1 << 20, two.FreeBytes);
    }

    [Fact]
    public void A_file_that_exists_is_not_touched()
    {
        File.WriteAllText(Path, "somebody's");
        AssertRefused(Path, 1 << 20, Path, "exists already");
        Assert.Equal("somebody's", File.ReadAllText(Path));
    }

    [Fact]
    public void A_directory_is_refused() => AssertRefused(_folder, 1 << 20, _folder, "is a directory");

    [Fact]
    public void A_directory_that_is_missing_is_named() => AssertRefused(System.IO.Path.Combine(_folder, "no", "spill"), 1 << 20, "cannot be made", "no/spill");

    [Fact]
    public void A_path_that_cannot_be_written_is_named() => AssertRefused("/proc/spill", 1 << 20, "/proc/spill", "may write to");

    [Fact]
    public void A_disk_that_is_too_small_is_an_error_at_once_and_leaves_nothing()
    {
        AssertRefused(Path, 1L << 50, Path, "posix_fallocate", "Lower the spill capacity");
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(100)]
    public void A_size_below_one_page_is_refused(long bytes) => AssertRefused(Path, bytes, "at least one page");

    private static void AssertRefused(string path, long bytes, params string[] said)
    {
        var error = Assert.Throws<PoolConfigurationException>(() => Arena.MapFile(path, bytes));
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
