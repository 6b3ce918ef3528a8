using System.Collections.Concurrent;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

/// <summary>
/// Access patterns of allocator benchmarks (after mimalloc-bench), as tests: every block carries its taker's mark, so one that is handed to two
/// threads shows as a foreign mark, with no fault planted.
/// </summary>
public sealed class ReservationConcurrencyTests : IDisposable
{
    private const int ThreadCount = 4;
    private readonly Arena _arena = Arena.Map(new ArenaOptions { CapacityBytes = 4 << 20 });
    private long _faults;

    public void Dispose()
    {
        Assert.Equal(_arena.CapacityBytes, _arena.FreeBytes);
        _arena.Dispose();
    }

    private Reservation Make(int blockCount)
    {
        Assert.True(Reservation.TryMake(_arena, 64, blockCount, "stress", out Reservation? reservation));
        return reservation;
    }

    private void RunThreads(Action<int> body, int threadCount = ThreadCount)
    {
        using Barrier start = new(threadCount);
        ConcurrentQueue<Exception> errors = [];
        Thread[] threads = [.. Enumerable.Range(1, threadCount).Select(mark => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                body(mark);
            }
            catch (PoolException error)
            {
                errors.Enqueue(error);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Empty(errors);
        Assert.Equal(0, Interlocked.Read(ref _faults));
    }

    private static void Mark(Span<byte> bytes, int mark)
    {
        BitConverter.TryWriteBytes(bytes, mark);
        BitConverter.TryWriteBytes(bytes[60..], mark);
    }

    private void CheckMark(Span<byte> bytes, int mark)
    {
        if (BitConverter.ToInt32(bytes) != mark || BitConverter.ToInt32(bytes[60..]) != mark)
            Interlocked.Increment(ref _faults);
    }

    private static void AssertWhole(Reservation reservation)
    {
        Assert.Equal(reservation.BlockCount, reservation.FreeCount);
        reservation.CheckInvariants();
        List<LocalBlock> all = [];
        while (reservation.TryTake(out LocalBlock block))
            all.Add(block);
        Assert.Equal(reservation.BlockCount, all.Select(block => block.Index).Distinct().Count());
        all.ForEach(reservation.Return);
    }

    [Fact]
    public void Larson_random_replacement_of_held_blocks()
    {
        using Reservation reservation = Make(blockCount: 300);
        RunThreads(mark =>
        {
            LocalBlock[] held = new LocalBlock[50];
            uint random = (uint)mark * 2654435761;
            for (int i = 0; i < 200_000; i++)
            {
                random = random * 1664525 + 1013904223;
                ref LocalBlock slot = ref held[(random >> 16) % (uint)held.Length];
                if (slot != default)
                {
                    CheckMark(reservation.GetSpan(slot), mark);
                    reservation.Return(slot);
                }
                slot = default;
                if (reservation.TryTake(out slot, out Span<byte> bytes))
                    Mark(bytes, mark);
                else
                    Interlocked.Increment(ref _faults); // 200 held at most, of 300
            }
            foreach (LocalBlock block in held)
            {
                if (block != default)
                    reservation.Return(block);
            }
        });
        AssertWhole(reservation);
    }

    [Fact]
    public void One_thread_takes_and_another_returns()
    {
        using Reservation reservation = Make(blockCount: 256);
        const int PerPair = 100_000;
        ConcurrentQueue<(LocalBlock Block, int Mark)>[] queues = [new(), new()];
        RunThreads(number =>
        {
            ConcurrentQueue<(LocalBlock Block, int Mark)> queue = queues[number % 2];
            SpinWait spin = default;
            for (int i = 0; i < PerPair;)
            {
                if (number > 2)
                {
                    if (!reservation.TryTake(out LocalBlock block, out Span<byte> bytes))
                    {
                        spin.SpinOnce();
                        continue;
                    }
                    Mark(bytes, i);
                    queue.Enqueue((block, i++));
                }
                else if (queue.TryDequeue(out (LocalBlock Block, int Mark) sent))
                {
                    CheckMark(reservation.GetSpan(sent.Block), sent.Mark);
                    reservation.Return(sent.Block);
                    i++;
                }
                else
                {
                    spin.SpinOnce();
                }
            }
        });
        AssertWhole(reservation);
    }

    [Fact]
    public void Threads_that_thrash_a_reservation_smaller_than_they_need_never_share_a_block()
    {
        using Reservation reservation = Make(blockCount: 5);
        RunThreads(mark =>
        {
            LocalBlock[] held = new LocalBlock[3];
            for (int i = 0; i < 60_000; i++)
            {
                int count = 0;
                while (count < held.Length && reservation.TryTake(out held[count], out Span<byte> bytes))
                {
                    Mark(bytes, mark);
                    count++;
                }
                while (count-- > 0)
                {
                    CheckMark(reservation.GetSpan(held[count]), mark);
                    reservation.Return(held[count]);
                }
            }
        });
        AssertWhole(reservation);
    }

    [Fact]
    public void Of_threads_that_return_the_same_block_at_once_exactly_one_succeeds()
    {
        using Reservation reservation = Make(blockCount: 8);
        LocalBlock shared = default;
        int successes = 0;
        using Barrier barrier = new(ThreadCount, _ =>
        {
            if (shared != default && successes != 1)
                Interlocked.Increment(ref _faults);
            successes = 0;
            reservation.TryTake(out shared);
        });
        RunThreads(_ =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                barrier.SignalAndWait();
                try
                {
                    reservation.Return(shared);
                    Interlocked.Increment(ref successes);
                }
                catch (LeaseFencedException)
                {
                    // Another thread was first.
                }
            }
        });
        AssertWhole(reservation);
    }

    [Fact]
    public void A_reservation_disposed_under_load_is_released_exactly_once_and_only_when_all_is_back()
    {
        for (int round = 0; round < 200; round++)
        {
            int released = 0, held = 0;
            Assert.True(Reservation.TryMake(_arena, 64, 40, "stress", out Reservation? reservation, () =>
            {
                if (Volatile.Read(ref held) != 0)
                    Interlocked.Increment(ref _faults);
                Interlocked.Increment(ref released);
            }));
            RunThreads(mark =>
            {
                for (int i = 0; i < 300; i++)
                {
                    if (mark == 1 && i == 150)
                        reservation.Dispose();
                    if (!reservation.TryTake(out LocalBlock block, out Span<byte> bytes))
                        continue;
                    Interlocked.Increment(ref held);
                    Mark(bytes, mark);
                    CheckMark(reservation.GetSpan(block), mark);
                    Interlocked.Decrement(ref held);
                    reservation.Return(block);
                }
            });
            Assert.Equal(1, released);
            Assert.True(reservation.IsReleased);
        }
    }

    [Fact]
    public void Short_lived_threads_leave_no_block_behind()
    {
        using Reservation reservation = Make(blockCount: 100);
        for (int round = 0; round < 50; round++)
        {
            RunThreads(mark =>
            {
                for (int i = 0; i < 30; i++)
                {
                    if (reservation.TryTake(out LocalBlock block))
                        reservation.Return(block);
                    else
                        Interlocked.Increment(ref _faults);
                }
            });
        }
        AssertWhole(reservation);
    }
}
