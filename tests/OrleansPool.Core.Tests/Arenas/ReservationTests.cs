using System.Globalization;
using CsCheck;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class ReservationTests : IDisposable
{
    private readonly Arena _arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20 });

    public void Dispose()
    {
        Assert.Equal(_arena.CapacityBytes, _arena.FreeBytes); // every test ends with nothing leaked
        _arena.CheckInvariants();
        _arena.Dispose();
    }

    private Reservation Make(int blockCount = 10, int blockBytes = 128)
    {
        Assert.True(Reservation.TryMake(_arena, blockBytes, blockCount, "test", out Reservation? reservation));
        return reservation;
    }

    private static List<LocalBlock> TakeAll(Reservation reservation)
    {
        List<LocalBlock> taken = [];
        while (reservation.TryTake(out LocalBlock block))
            taken.Add(block);
        return taken;
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(10, 128)]
    [InlineData(1000, 64)]
    public void Every_block_can_be_taken_once_and_then_none(int blockCount, int blockBytes)
    {
        using Reservation reservation = Make(blockCount, blockBytes);
        Assert.Equal(blockCount, reservation.FreeCount);
        List<LocalBlock> taken = TakeAll(reservation);
        Assert.Equal(Enumerable.Range(0, blockCount), taken.Select(block => block.Index).Order());
        Assert.Equal(0, reservation.FreeCount);
        Assert.False(reservation.TryTake(out LocalBlock none));
        Assert.Equal(default, none);
        Assert.False(reservation.TryTake(out _, out Span<byte> bytes));
        Assert.True(bytes.IsEmpty);
        taken.ForEach(reservation.Return);
        Assert.Equal(blockCount, reservation.FreeCount);
        reservation.CheckInvariants();
    }

    [Fact]
    public void Taking_and_returning_agree_with_a_model() =>
        Gen.Int[0, 99].Array[0, 400].Sample(
            steps =>
            {
                using Reservation reservation = Make(blockCount: 40, blockBytes: 64);
                Dictionary<int, LocalBlock> taken = [];
                List<LocalBlock> stale = [];
                foreach (int step in steps)
                {
                    if (step < 55)
                    {
                        bool expected = taken.Count < 40;
                        Assert.Equal(expected, reservation.TryTake(out LocalBlock block, out Span<byte> bytes));
                        if (expected)
                        {
                            Assert.True(taken.TryAdd(block.Index, block));
                            bytes.Fill((byte)block.Index);
                        }
                    }
                    else if (step < 90 && taken.Count > 0)
                    {
                        LocalBlock block = taken.Values.ElementAt(step % taken.Count);
                        Assert.False(reservation.GetSpan(block).ContainsAnyExcept((byte)block.Index));
                        reservation.Return(block);
                        taken.Remove(block.Index);
                        stale.Add(block);
                    }
                    else if (stale.Count > 0)
                    {
                        Assert.Throws<LeaseFencedException>(() => reservation.Return(stale[step % stale.Count]));
                    }
                    Assert.Equal(40, reservation.FreeCount + taken.Count);
                }
                reservation.CheckInvariants();
                foreach (LocalBlock block in taken.Values)
                    reservation.Return(block);
            },
            iter: 100);

    [Fact]
    public void A_block_returned_twice_is_refused_and_is_not_free_twice()
    {
        using Reservation reservation = Make();
        Assert.True(reservation.TryTake(out LocalBlock block));
        reservation.Return(block);
        string message = Assert.Throws<LeaseFencedException>(() => reservation.Return(block)).Message;
        Assert.Contains("Return a block once", message, StringComparison.Ordinal);
        Assert.Equal(10, reservation.FreeCount);
        reservation.CheckInvariants();
    }

    [Fact]
    public void A_stale_holder_cannot_return_or_read_the_block_of_the_next()
    {
        using Reservation reservation = Make(blockCount: 1);
        Assert.True(reservation.TryTake(out LocalBlock former));
        Memory<byte> kept = reservation.GetMemory(former);
        reservation.Return(former);
        Assert.Throws<LeaseFencedException>(() => reservation.GetSpan(former).Length);
        Assert.True(reservation.TryTake(out LocalBlock present));
        Assert.Equal(former.Index, present.Index);
        Assert.NotEqual(former.Generation, present.Generation);
        Assert.Throws<LeaseFencedException>(() => reservation.Return(former));
        Assert.Throws<LeaseFencedException>(() => reservation.GetSpan(former).Length);
        Assert.Throws<LeaseFencedException>(() => reservation.GetMemory(former));
        Assert.Throws<LeaseFencedException>(() => kept.Span.Length);
        reservation.Return(present);
    }

    [Fact]
    public void A_forged_block_is_refused_whatever_its_parts()
    {
        using Reservation reservation = Make();
        using Reservation other = Make();
        Assert.True(reservation.TryTake(out LocalBlock block));
        LocalBlock[] forged =
        [
            default, new(-1, block.Generation), new(10, block.Generation), new(int.MaxValue, block.Generation), new(int.MinValue, 2),
            .. Enumerable.Range(0, 64).Select(bit => new LocalBlock(block.Index, block.Generation ^ (1UL << bit))),
            .. Enumerable.Range(0, 10).Where(index => index != block.Index).Select(index => new LocalBlock(index, block.Generation)),
            .. Enumerable.Range(0, 8).Select(phase => new LocalBlock((block.Index + 1) % 10, (block.Generation & ~7UL) | (uint)phase)),
        ];
        foreach (LocalBlock one in forged)
        {
            Assert.Throws<LeaseFencedException>(() => reservation.Return(one));
            Assert.Throws<LeaseFencedException>(() => reservation.GetSpan(one).Length);
        }
        Assert.Throws<LeaseFencedException>(() => other.Return(block));
        Assert.Equal(9, reservation.FreeCount);
        reservation.CheckInvariants();
        reservation.Return(block);
    }

    [Fact]
    public void Disposing_stops_taking_at_once_and_gives_the_memory_back_with_the_last_block()
    {
        int released = 0;
        Assert.True(Reservation.TryMake(_arena, 128, 10, "test", out Reservation? reservation, () => released++));
        Assert.True(reservation.TryTake(out LocalBlock first, out Span<byte> bytes));
        Assert.True(reservation.TryTake(out LocalBlock second));
        bytes.Fill(0xFF);
        reservation.Dispose();
        reservation.Dispose();
        Assert.False(reservation.TryTake(out _));
        Assert.Equal(0, reservation.FreeCount);
        reservation.Return(second);
        Assert.Equal(0, released);
        Assert.False(reservation.IsReleased);
        Assert.Equal(0xFF, reservation.GetSpan(first)[127]);
        reservation.Return(first);
        Assert.True(reservation.IsReleased);
        Assert.Equal(1, released);
        Assert.Throws<LeaseFencedException>(() => reservation.Return(first));
        Assert.Throws<LeaseFencedException>(() => reservation.GetSpan(first).Length);
        Assert.False(reservation.TryTake(out _));
        reservation.CheckInvariants();
        Assert.True(_arena.TryCarve(_arena.CapacityBytes, "next", out ArenaSlice? whole));
        Assert.False(whole.GetSpan(0, (int)whole.Bytes).ContainsAnyExcept((byte)0));
        _arena.GiveBack(whole);
    }

    [Fact]
    public void The_last_free_block_can_be_taken_although_it_lies_in_the_magazine_of_a_thread_that_ended()
    {
        using Reservation reservation = Make(blockCount: 64, blockBytes: 64);
        Thread hoarder = new(() => TakeAll(reservation).ForEach(reservation.Return));
        hoarder.Start();
        hoarder.Join();
        Assert.Equal(64, reservation.FreeCount);
        reservation.CheckInvariants();
        List<LocalBlock> taken = TakeAll(reservation);
        Assert.Equal(64, taken.Count);
        Assert.Equal(0, reservation.FreeCount);
        taken.ForEach(reservation.Return);
        Assert.Equal(64, reservation.FreeCount);
        reservation.CheckInvariants();
    }

    [Fact]
    public void Taking_and_returning_allocate_nothing()
    {
        using Reservation reservation = Make(blockCount: 200, blockBytes: 64);
        LocalBlock[] held = new LocalBlock[150];
        void Round()
        {
            for (int i = 0; i < held.Length; i++)
            {
                Assert.True(reservation.TryTake(out held[i], out Span<byte> bytes));
                bytes[0] = 1;
                reservation.GetSpan(held[i])[1] = 1;
            }
            foreach (LocalBlock block in held)
                reservation.Return(block);
        }
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Round();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-4096, 1)]
    [InlineData(100, 1)]
    [InlineData(32, 1)]
    [InlineData(2 << 20, 1)]
    [InlineData(64, 0)]
    [InlineData(64, -3)]
    [InlineData(64, int.MaxValue)]
    public void An_impossible_size_or_count_is_refused_by_a_message_that_names_it(int blockBytes, int blockCount)
    {
        string message = Assert.Throws<PoolConfigurationException>(() => Reservation.TryMake(_arena, blockBytes, blockCount, "test", out _)).Message;
        int wrong = BlockSizes.IsValid(blockBytes) ? blockCount : blockBytes;
        Assert.Contains(wrong.ToString(CultureInfo.InvariantCulture), message, StringComparison.Ordinal);
        Assert.Contains("must be", message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_arena_has_is_an_outcome_and_not_an_error()
    {
        Assert.False(Reservation.TryMake(_arena, BlockSizes.BytesMax, 2, "test", out Reservation? reservation));
        Assert.Null(reservation);
        Assert.False(Reservation.TryMake(_arena, BlockSizes.BytesMax, BlockSizes.CountMax, "test", out _));
    }
}
