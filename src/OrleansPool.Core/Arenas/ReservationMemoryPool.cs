using System.Buffers;

namespace OrleansPool.Core.Arenas;

/// <summary>A reservation as a memory pool. Disposing the pool does nothing: the reservation decides when its blocks go.</summary>
internal sealed class ReservationMemoryPool(Reservation reservation) : MemoryPool<byte>
{
    private const int AnySize = -1;

    public override int MaxBufferSize => reservation.BlockBytes;

    /// <summary>Takes a block, whatever smaller size is asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More is asked for than a block holds.</exception>
    /// <exception cref="PoolExhaustedException">No block is free.</exception>
    /// <exception cref="ObjectDisposedException">The reservation is disposed.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = AnySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minBufferSize, AnySize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, reservation.BlockBytes);
        if (reservation.TryTake(out LocalBlock block))
            return new ReservedMemory(reservation, block);
        ObjectDisposedException.ThrowIf(reservation.IsClosed, reservation);
        throw new PoolExhaustedException(
            $"All {reservation.BlockCount} blocks of {reservation.BlockBytes} B of the reservation of '{reservation.Owner}' are taken. "
            + "Dispose what was rented, or reserve more blocks.",
            pool: null, bytesAsked: reservation.BlockBytes, bytesFree: 0);
    }

    protected override void Dispose(bool disposing)
    {
    }
}
