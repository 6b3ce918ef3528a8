namespace OrleansPool.Client.Reservations;

/// <summary>The errors of taking local memory.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ReservationErrors
{
    /// <summary>There is too little free memory in this process.</summary>
    public static PoolExhaustedException Exhausted(int blocks, ReservationOptions options, long bytesFree, string advice)
    {
        ArgumentNullException.ThrowIfNull(options);
        long asked = (long)blocks * options.BlockBytes;
        return new PoolExhaustedException(
            $"This process has {bytesFree} bytes of unassigned memory, perhaps not in one piece, and {blocks} blocks of {options.BlockBytes} bytes were asked for. Dispose other reservations, or ask for less. {advice}",
            pool: null, asked, bytesFree);
    }
}
