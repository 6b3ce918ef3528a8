using System.Buffers;
using System.Runtime.InteropServices;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class ReservationMemoryTests : IDisposable
{
    private readonly Arena _arena = Arena.Map(new ArenaOptions { CapacityBytes = 1 << 20 });
    private readonly Reservation _reservation;

    public ReservationMemoryTests()
    {
        Assert.True(Reservation.TryMake(_arena, 256, 2, "memory", out Reservation? reservation));
        _reservation = reservation;
    }

    public void Dispose()
    {
        _reservation.Dispose();
        Assert.True(_reservation.IsReleased);
        Assert.Equal(_arena.CapacityBytes, _arena.FreeBytes);
        _arena.Dispose();
    }

    [Fact]
    public void Memory_of_a_block_shows_its_bytes()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        Memory<byte> memory = _reservation.GetMemory(block);
        Assert.Equal(256, memory.Length);
        memory.Span[255] = 9;
        Assert.Equal(9, _reservation.GetSpan(block)[255]);
        _reservation.Return(block);
    }

    [Fact]
    public void A_pinned_block_does_not_become_free_before_the_pin_ends()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        MemoryHandle first = _reservation.GetMemory(block).Pin();
        MemoryHandle second = _reservation.GetMemory(block)[5..].Pin();
        unsafe
        {
            ((byte*)second.Pointer)[0] = 77;
            Assert.Equal(77, ((byte*)first.Pointer)[5]);
        }
        _reservation.Return(block);
        Assert.Equal(1, _reservation.FreeCount);
        Assert.Throws<LeaseFencedException>(() => _reservation.Return(block));
        Assert.Throws<LeaseFencedException>(() => _reservation.GetSpan(block).Length);
        first.Dispose();
        Assert.Equal(1, _reservation.FreeCount);
        second.Dispose();
        Assert.Equal(2, _reservation.FreeCount);
        _reservation.CheckInvariants();
    }

    [Fact]
    public void A_pin_that_ended_before_the_return_holds_nothing_back()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        _reservation.GetMemory(block).Pin().Dispose();
        _reservation.Return(block);
        Assert.Equal(2, _reservation.FreeCount);
    }

    [Fact]
    public void A_pin_holds_back_the_release_of_the_reservation()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        MemoryHandle pin = _reservation.GetMemory(block).Pin();
        _reservation.Return(block);
        _reservation.Dispose();
        Assert.False(_reservation.IsReleased);
        pin.Dispose();
        Assert.True(_reservation.IsReleased);
    }

    [Fact]
    public void Unpinning_what_is_not_pinned_is_refused()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        Assert.True(MemoryMarshal.TryGetMemoryManager<byte, MemoryManager<byte>>(_reservation.GetMemory(block), out MemoryManager<byte>? stranger));
        using (_reservation.GetMemory(block).Pin())
            Assert.Throws<InvalidOperationException>(stranger.Unpin);
        Assert.Throws<InvalidOperationException>(stranger.Unpin);
        _reservation.Return(block);
    }

    [Fact]
    public void A_stale_memory_cannot_be_pinned()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        Memory<byte> memory = _reservation.GetMemory(block);
        _reservation.Return(block);
        Assert.Throws<LeaseFencedException>(() => memory.Pin());
    }

    [Fact]
    public void Pins_are_counted_up_to_a_bound()
    {
        Assert.True(_reservation.TryTake(out LocalBlock block));
        Memory<byte> memory = _reservation.GetMemory(block);
        List<MemoryHandle> pins = [.. Enumerable.Range(0, BlockWord.PinCountMax).Select(_ => memory.Pin())];
        Assert.Throws<InvalidOperationException>(() => memory.Pin());
        _reservation.Return(block);
        pins.ForEach(pin => pin.Dispose());
        Assert.Equal(2, _reservation.FreeCount);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    public void The_memory_pool_rents_up_to_a_block(int minBufferSize)
    {
        MemoryPool<byte> pool = _reservation.AsMemoryPool();
        Assert.Equal(256, pool.MaxBufferSize);
        using (IMemoryOwner<byte> owner = pool.Rent(minBufferSize))
        {
            Assert.Equal(256, owner.Memory.Length);
            Assert.Equal(1, _reservation.FreeCount);
        }
        Assert.Equal(2, _reservation.FreeCount);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(257)]
    [InlineData(int.MaxValue)]
    public void The_memory_pool_refuses_more_than_a_block(int minBufferSize)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _reservation.AsMemoryPool().Rent(minBufferSize));
        Assert.Equal(2, _reservation.FreeCount);
    }

    [Fact]
    public void An_owner_disposed_twice_never_gives_back_the_block_of_the_next()
    {
        MemoryPool<byte> pool = _reservation.AsMemoryPool();
        IMemoryOwner<byte> former = pool.Rent();
        former.Dispose();
        using IMemoryOwner<byte> present = pool.Rent();
        former.Dispose();
        Assert.Equal(1, _reservation.FreeCount);
        present.Memory.Span[0] = 1;
        Assert.Throws<LeaseFencedException>(() => former.Memory.Span.Length);
    }

    [Fact]
    public void An_exhausted_memory_pool_says_what_to_do_and_a_disposed_one_that_it_is()
    {
        MemoryPool<byte> pool = _reservation.AsMemoryPool();
        IMemoryOwner<byte> first = pool.Rent();
        IMemoryOwner<byte> second = pool.Rent();
        PoolExhaustedException exhausted = Assert.Throws<PoolExhaustedException>(() => pool.Rent());
        Assert.Equal(256, exhausted.BytesAsked);
        Assert.Equal(0, exhausted.BytesFree);
        Assert.Contains("reserve more blocks", exhausted.Message, StringComparison.Ordinal);
        _reservation.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
        first.Dispose();
        second.Dispose();
    }
}
