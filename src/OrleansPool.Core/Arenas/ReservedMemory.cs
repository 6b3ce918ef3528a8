using System.Buffers;

namespace OrleansPool.Core.Arenas;

/// <summary>One taken block as memory, for as long as it is taken.</summary>
/// <remarks>
/// One object per take, never reused: a reference cannot carry a generation, so a reused object would let a late user of the former block read,
/// write or give back the present one. Whoever must not allocate uses <see cref="Reservation.TryTake(out LocalBlock)"/> and spans.
/// </remarks>
internal sealed class ReservedMemory(Reservation reservation, LocalBlock block) : MemoryManager<byte>
{
    private int _returned;
    private int _pinCount;

    public override Memory<byte> Memory => CreateMemory(reservation.BlockBytes);

    /// <exception cref="LeaseFencedException">The block was returned.</exception>
    public override Span<byte> GetSpan() => reservation.GetSpan(block);

    /// <exception cref="LeaseFencedException">The block was returned.</exception>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, reservation.BlockBytes);
        byte* address = reservation.Pin(block);
        Interlocked.Increment(ref _pinCount);
        return new MemoryHandle(address + elementIndex, pinnable: this);
    }

    /// <exception cref="InvalidOperationException">It is not pinned.</exception>
    public override void Unpin()
    {
        // A stray call must not end a pin that another object granted.
        if (Interlocked.Decrement(ref _pinCount) < 0)
        {
            Interlocked.Increment(ref _pinCount);
            throw new InvalidOperationException("The memory is not pinned: dispose every memory handle once.");
        }
        reservation.Unpin(block);
    }

    /// <summary>Gives the block back, the first time.</summary>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _returned, 1) == 0)
            reservation.Return(block);
    }
}
