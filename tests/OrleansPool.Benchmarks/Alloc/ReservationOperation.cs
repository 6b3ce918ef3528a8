namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Through the public abstract type, as users see it.</summary>
internal readonly struct ReservationOperation(BlockReservation reservation) : IAllocOperation
{
    public void Once()
    {
        if (!reservation.TryTake(out LocalBlock block))
            return;
        reservation.GetSpan(block)[0] = 1;
        reservation.Return(block);
    }
}
