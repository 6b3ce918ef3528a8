namespace OrleansPool.Client.Routing;

/// <summary>Where a process takes local memory from. Thread-safe.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IReservationSource
{
    /// <summary>Takes blocks ahead.</summary>
    /// <exception cref="PoolExhaustedException">There is too little free memory.</exception>
    ValueTask<BlockReservation> ReserveAsync(int blocks, ReservationOptions options);
}
