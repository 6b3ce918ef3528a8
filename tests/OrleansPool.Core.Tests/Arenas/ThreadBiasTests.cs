using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

/// <summary>The moment at which plain steps end: each round begins with books that no second thread has touched.</summary>
public sealed class ThreadBiasTests
{
    private const int RoundCount = 30_000;
    private const int BlockCount = 4;
    private const int JitterSpinCount = 24;
    private const int SpinsBetweenYields = 2000;

    [Fact]
    public void Of_the_taker_and_another_thread_that_return_one_block_at_once_exactly_one_succeeds()
    {
        int returned = 0;
        LocalBlock block = default;
        Race(
            books => block = books.Blocks.Take(),
            taker: books => Interlocked.Add(ref returned, books.Blocks.TryReturn(block) ? 1 : 0),
            other: books => Interlocked.Add(ref returned, books.Blocks.TryReturn(block) ? 1 : 0),
            books =>
            {
                Assert.Equal(1, returned);
                Assert.Equal(BlockCount, books.Blocks.FreeCount);
                books.Blocks.CheckInvariants();
                returned = 0;
            });
    }

    [Fact]
    public void A_thief_and_the_owner_of_a_magazine_never_get_the_same_block()
    {
        LocalBlock own = default, stolen = default;
        Race(
            books =>
            {
                // All but one are held; the one lies in the taker's magazine.
                for (int i = 0; i < BlockCount; i++) own = books.Blocks.Take();
                Assert.True(books.Blocks.TryReturn(own));
            },
            taker: books => own = books.Blocks.Take(),
            other: books => stolen = books.Blocks.Take(),
            books =>
            {
                Assert.True(own == default != (stolen == default), $"{own} and {stolen}");
                Assert.Equal(0, books.Blocks.FreeCount);
                books.Blocks.CheckInvariants();
            });
    }

    [Fact]
    public void Closing_beside_a_return_retires_every_block_once()
    {
        int drained = 0;
        LocalBlock block = default;
        Race(
            books => block = books.Blocks.Take(),
            taker: books => Assert.True(books.Blocks.TryReturn(block)),
            other: books => books.Blocks.Close(),
            books =>
            {
                drained += books.DrainedCount;
                Assert.Equal(1, books.DrainedCount);
                books.Blocks.CheckInvariants();
            });
        Assert.Equal(RoundCount, drained);
    }

    [Fact]
    public void A_thread_that_takes_all_there_is_finds_no_more_and_keeps_its_bias()
    {
        // As many blocks as there are thread slots: every thread has a magazine.
        var books = new Books(ThreadSlot.CountMax);
        for (int round = 0; round < 3; round++)
        {
            LocalBlock[] taken = [.. Enumerable.Range(0, ThreadSlot.CountMax).Select(_ => books.Blocks.Take())];
            Assert.Equal(default, books.Blocks.Take());
            Array.ForEach(taken, block => Assert.True(books.Blocks.TryReturn(block)));
        }

        Assert.True(books.Blocks.IsBiased);
        LocalBlock held = books.Blocks.Take();
        Thread other = new(() => Assert.True(books.Blocks.TryReturn(held)));
        other.Start();
        other.Join();
        Assert.False(books.Blocks.IsBiased);
    }

    /// <summary>Runs two acts at once, on the thread that prepares and on another, many times.</summary>
    private static void Race(Action<Books> prepare, Action<Books> taker, Action<Books> other, Action<Books> check)
    {
        Books books = new();
        int round = 0, finished = 0;
        Exception? failure = null;
        Thread second = new(() =>
        {
            for (int i = 1; i <= RoundCount; i++)
            {
                SpinUntil(ref round, i);
                if (round < 0) return;
                try
                {
                    other(books);
                }
                catch (Exception e)
                {
                    failure ??= e;
                }

                Volatile.Write(ref finished, i);
            }
        });
        second.Start();
        try
        {
            for (int i = 1; i <= RoundCount && failure is null; i++)
            {
                books = new Books();
                prepare(books);
                Volatile.Write(ref round, i);
                Thread.SpinWait(i % JitterSpinCount);
                taker(books);
                SpinUntil(ref finished, i);
                check(books);
            }
        }
        finally
        {
            Volatile.Write(ref round, -1);
            second.Join();
        }

        Assert.Null(failure);
    }

    // Tight, so that both begin within a store's way to memory of each other; yields where the other thread is off the processor.
    private static void SpinUntil(ref int value, int expected)
    {
        for (int spins = 1; Volatile.Read(ref value) is var now && now >= 0 && now < expected; spins++)
        {
            if (spins % SpinsBetweenYields == 0) Thread.Yield();
        }
    }

    private sealed class Books
    {
        public FreeBlocks Blocks;

        public Books(int blockCount = BlockCount) => Blocks = new FreeBlocks(blockCount, seed: 0, drained: () => DrainedCount++);

        public int DrainedCount { get; private set; }
    }
}
