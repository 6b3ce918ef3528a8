using CsCheck;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Tests.Segments;

public sealed class BlockBitmapTests
{
    [Fact]
    public void It_takes_and_gives_as_an_array_of_bools_does() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Select(Gen.Bool, Gen.Int[1, 300], Gen.Int[0, 10_000]).Array[1, 80]).Sample(
            sample =>
            {
                (int blockCount, (bool Takes, int Count, int At)[] acts) = sample;
                using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 64 << 10, PrefaultThreads = 1 });
                Assert.True(arena.TryCarve(BlockBitmap.WordCountFor(blockCount) * sizeof(ulong), "bitmap", out ArenaSlice? slice));
                var bitmap = new BlockBitmap(slice, 0, blockCount);
                bool[] free = [.. Enumerable.Repeat(true, blockCount)];
                List<(int First, int Count)> taken = [];
                foreach ((bool takes, int count, int at) in acts)
                {
                    if (takes)
                    {
                        if (bitmap.FreeCount == 0) continue;
                        int got = bitmap.Take(count, out int first);
                        Assert.Equal(Expected(free, count), (first, got));
                        Array.Fill(free, false, first, got);
                        taken.Add((first, got));
                    }
                    else if (taken.Count > 0)
                    {
                        (int first, int length) = taken[at % taken.Count];
                        taken.RemoveAt(at % taken.Count);
                        bitmap.Give(first, length);
                        Array.Fill(free, true, first, length);
                    }

                    Assert.Equal(free.Count(isFree => isFree), bitmap.FreeCount);
                    bitmap.CheckIntegrity();
                }

                for (int block = 0; block < blockCount; block++) Assert.Equal(free[block], bitmap.IsFree(block));
            },
            iter: 300, threads: 1);

    [Fact]
    public void What_is_free_cannot_be_given_back()
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 64 << 10, PrefaultThreads = 1 });
        Assert.True(arena.TryCarve(4096, "bitmap", out ArenaSlice? slice));
        var bitmap = new BlockBitmap(slice, 0, 100);
        Assert.Equal(10, bitmap.Take(10, out int first));
        bitmap.Give(first, 10);
        Assert.Throws<SegmentFaultException>(() => bitmap.Give(first, 1));
        bitmap.TakeExactly(0, 100);
        Assert.Throws<SegmentFaultException>(() => bitmap.Take(1, out _));
    }

    /// <summary>The lowest run that is long enough; else the lowest run of all.</summary>
    private static (int First, int Count) Expected(bool[] free, int countMax)
    {
        (int First, int Count) lowest = (-1, 0);
        for (int at = 0; at < free.Length;)
        {
            if (!free[at])
            {
                at++;
                continue;
            }

            int end = at;
            while (end < free.Length && free[end] && end - at < countMax) end++;
            if (end - at == countMax) return (at, countMax);
            if (lowest.First < 0) lowest = (at, end - at);
            at = end;
        }

        return lowest;
    }
}
