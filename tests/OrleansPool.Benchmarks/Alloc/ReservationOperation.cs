namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Through the public abstract type, as users see it.</summary>
internal readonly struct ReservationOperation(BlockReservation reservation) : IAllocOperation
{
    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reservation.TryTake(out LocalBlock block, out Span<byte> bytes))
                continue;
            bytes[0] = 1;
            reservation.Return(block);
        }
    }
}
