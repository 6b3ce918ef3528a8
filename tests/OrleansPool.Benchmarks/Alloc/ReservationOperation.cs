namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Through the public abstract type, as users see it.</summary>
internal readonly struct ReservationOperation(BlockReservation reservation) : IAllocOperation
{
    public void Once()
    {
        if (!reservation.TryTake(out LocalBlock block, out Span<byte> bytes))
            return;
        bytes[0] = 1;
        reservation.Return(block);
    }
}
