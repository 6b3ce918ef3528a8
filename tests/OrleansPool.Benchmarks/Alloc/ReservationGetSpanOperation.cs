namespace OrleansPool.Benchmarks.Alloc;

/// <summary>As <see cref="ReservationOperation"/>, but asks for the bytes in a call of its own, which checks the generation once more.</summary>
internal readonly struct ReservationGetSpanOperation(BlockReservation reservation) : IAllocOperation
{
    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reservation.TryTake(out LocalBlock block))
                continue;
            reservation.GetSpan(block)[0] = 1;
            reservation.Return(block);
        }
    }
}
