using System.Globalization;
using CsCheck;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class ArenaTests
{
    private const long Megabyte = 1 << 20;

    private static Arena Map(long capacityBytes, bool diagnostic = false) =>
        Arena.Map(new ArenaOptions { CapacityBytes = capacityBytes, Diagnostic = diagnostic });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_slice_is_zero_when_carved_and_zero_again_for_its_next_owner(bool diagnostic)
    {
        using Arena arena = Map(4 * Megabyte, diagnostic);
        for (int round = 0; round < 3; round++)
        {
            Assert.True(arena.TryCarve(3 * Megabyte, "frames", out ArenaSlice? slice));
            Span<byte> bytes = slice.GetSpan(0, (int)slice.Bytes);
            Assert.False(bytes.ContainsAnyExcept((byte)0));
            bytes.Fill(0xFF);
            arena.GiveBack(slice);
        }
    }

    [Fact]
    public void Slices_of_a_huge_page_or_more_are_aligned_to_it_and_smaller_ones_to_a_page()
    {
        using Arena arena = Map(16 * Megabyte);
        Assert.True(arena.TryCarve(1, "small", out ArenaSlice? small));
        Assert.True(arena.TryCarve(2 * Megabyte, "large", out ArenaSlice? large));
        Assert.Equal(Arena.PageBytes, small.Bytes);
        Assert.Equal(0, small.Offset % Arena.PageBytes);
        Assert.Equal(0, large.Offset % Arena.HugePageBytes);
        Assert.Equal(arena.CapacityBytes, arena.FreeBytes + small.Bytes + large.Bytes);
    }

    [Fact]
    public void A_full_arena_says_no_and_says_yes_once_there_is_room()
    {
        using Arena arena = Map(2 * Megabyte);
        Assert.True(arena.TryCarve(2 * Megabyte, "all", out ArenaSlice? all));
        Assert.False(arena.TryCarve(1, "more", out _));
        Assert.Equal(0, arena.FreeBytes);
        arena.GiveBack(all);
        Assert.True(arena.TryCarve(1, "more", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Carving_and_giving_back_agree_with_a_model(bool diagnostic) =>
        Gen.Int[1, 600_000].Array[1, 60].Sample(
            sizes =>
            {
                using Arena arena = Map(4 * Megabyte, diagnostic);
                List<(ArenaSlice Slice, byte Mark)> held = [];
                for (int i = 0; i < sizes.Length; i++)
                {
                    if (arena.TryCarve(sizes[i], "model", out ArenaSlice? slice))
                    {
                        held.Add((slice, (byte)(i + 1)));
                        slice.GetSpan(0, (int)slice.Bytes).Fill((byte)(i + 1));
                    }
                    if (sizes[i] % 3 == 0 && held.Count > 0)
                    {
                        int at = sizes[i] % held.Count;
                        arena.GiveBack(held[at].Slice);
                        held.RemoveAt(at);
                    }
                    arena.CheckInvariants();
                    Assert.All(held, one => Assert.False(one.Slice.GetSpan(0, (int)one.Slice.Bytes).ContainsAnyExcept(one.Mark)));
                }
                held.ForEach(one => arena.GiveBack(one.Slice));
                Assert.Equal(arena.CapacityBytes, arena.FreeBytes);
                Assert.True(arena.TryCarve(arena.CapacityBytes, "all", out ArenaSlice? whole));
                arena.GiveBack(whole);
            },
            iter: diagnostic ? 10 : 40);

    [Fact]
    public void Threads_that_carve_and_give_back_never_share_a_byte()
    {
        using Arena arena = Map(8 * Megabyte);
        int clashes = 0;
        Thread[] threads = [.. Enumerable.Range(1, 4).Select(mark => new Thread(() =>
        {
            for (int i = 0; i < 400; i++)
            {
                if (!arena.TryCarve(1 + i * 997 % 500_000, "thread", out ArenaSlice? slice))
                    continue;
                Span<byte> bytes = slice.GetSpan(0, (int)slice.Bytes);
                if (bytes.ContainsAnyExcept((byte)0))
                    Interlocked.Increment(ref clashes);
                bytes.Fill((byte)mark);
                if (bytes.ContainsAnyExcept((byte)mark))
                    Interlocked.Increment(ref clashes);
                arena.GiveBack(slice);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, clashes);
        arena.CheckInvariants();
        Assert.Equal(arena.CapacityBytes, arena.FreeBytes);
    }

    [Fact]
    public void A_slice_given_back_twice_or_to_another_arena_or_used_afterwards_is_refused()
    {
        using Arena arena = Map(Megabyte);
        using Arena other = Map(Megabyte);
        Assert.True(arena.TryCarve(5000, "camera", out ArenaSlice? slice));
        Assert.Throws<ArenaFaultException>(() => other.GiveBack(slice));
        arena.GiveBack(slice);
        Assert.Contains("'camera'", Assert.Throws<ArenaFaultException>(() => arena.GiveBack(slice)).Message, StringComparison.Ordinal);
        Assert.Throws<ArenaFaultException>(() => slice.GetSpan(0, 1).Length);
        Assert.Equal(arena.CapacityBytes, arena.FreeBytes);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(4096, 1)]
    [InlineData(4095, 2)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void A_span_outside_of_the_slice_is_refused(long offset, int count)
    {
        using Arena arena = Map(Megabyte);
        Assert.True(arena.TryCarve(4096, "bounds", out ArenaSlice? slice));
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.GetSpan(offset, count).Length);
    }

    [Fact]
    public void A_capacity_above_the_machine_is_refused_by_a_message_that_names_both()
    {
        ArenaOptions options = new() { CapacityBytes = 3 * Megabyte, Machine = new MachineMemory(2 * Megabyte, "the test's rule") };
        string message = Assert.Throws<PoolConfigurationException>(() => Arena.Map(options)).Message;
        Assert.Contains((3 * Megabyte).ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        Assert.Contains((2 * Megabyte).ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        Assert.Contains("the test's rule", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(4095)]
    [InlineData(long.MaxValue)]
    public void An_impossible_capacity_is_refused(long capacityBytes) =>
        Assert.Contains(
            capacityBytes.ToString(CultureInfo.InvariantCulture),
            Assert.Throws<PoolConfigurationException>(() => Map(capacityBytes)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_slice_of_no_bytes_is_refused(long bytes)
    {
        using Arena arena = Map(Megabyte);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.TryCarve(bytes, "none", out _));
    }

    [Fact]
    public void An_arena_is_resident_when_it_is_mapped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Residency is read from /proc.");
        long before = ResidentBytes();
        using Arena arena = Map(256 * Megabyte);
        Assert.InRange(ResidentBytes() - before, 250 * Megabyte, long.MaxValue);
    }

    [Fact]
    public void The_diagnostic_arena_names_who_still_holds_a_slice()
    {
        Arena arena = Map(Megabyte, diagnostic: true);
        Assert.True(arena.TryCarve(8192, "the leaker", out _));
        Assert.Contains("'the leaker'", Assert.Throws<ArenaFaultException>(arena.Dispose).Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void The_diagnostic_arena_puts_pages_around_a_slice_that_nobody_may_touch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Protection is read from /proc.");
        using Arena arena = Map(Megabyte, diagnostic: true);
        Assert.True(arena.TryCarve(8192, "guarded", out ArenaSlice? slice));
        long start = (long)slice.GetAddress(0, 1);
        Assert.Equal("---p", ProtectionAt(start - 1));
        Assert.Equal("rw-p", ProtectionAt(start));
        Assert.Equal("rw-p", ProtectionAt(start + 8191));
        Assert.Equal("---p", ProtectionAt(start + 8192));
        arena.GiveBack(slice);
        Assert.Equal("---p", ProtectionAt(start));
    }

    private static long ResidentBytes() => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ')[^2],
        CultureInfo.InvariantCulture) * 1024;

    private static string ProtectionAt(long address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ');
            string[] ends = words[0].Split('-');
            if (address >= Convert.ToInt64(ends[0], 16) && address < Convert.ToInt64(ends[1], 16))
                return words[1];
        }
        return "unmapped";
    }
}
