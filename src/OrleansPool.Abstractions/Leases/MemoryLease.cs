namespace OrleansPool;

/// <summary>
/// A time-limited right over fabric memory. A handle that owns its lease renews it and frees it when disposed; a handle that was
/// opened from a token only looks, and disposing it frees nothing.
/// </summary>
/// <remarks>All members are thread-safe.</remarks>
public abstract class MemoryLease : MemoryRange
{
    /// <summary>The right as something that can be sent. The handle goes on owning the lease; <see cref="Detach"/> gives it up.</summary>
    public abstract LeaseToken Token { get; }

    /// <summary>Whether this handle renews the lease and frees it when disposed.</summary>
    public abstract bool IsOwned { get; }

    /// <summary>Cancelled when the memory is known to be gone for this holder: expired, fenced or lost with its node.</summary>
    /// <remarks>Callbacks run on a thread-pool thread.</remarks>
    public abstract CancellationToken Lost { get; }

    /// <summary>Gives the lease up without freeing it: whoever gets the token owns it now.</summary>
    /// <returns>The token of the lease, which lives for its duration unless its receiver adopts or renews it.</returns>
    /// <exception cref="InvalidOperationException">The handle does not own its lease.</exception>
    public abstract LeaseToken Detach();

    /// <summary>A token that only reads.</summary>
    public abstract LeaseToken ToReadOnlyToken();

    /// <summary>
    /// Raises the lease's generation, which fences every earlier holder, this handle and copies of its token included.
    /// </summary>
    /// <returns>The token of the one holder that is left.</returns>
    /// <exception cref="PoolAccessDeniedException">The token is read-only.</exception>
    public abstract ValueTask<LeaseToken> TransferAsync(CancellationToken cancellationToken = default);

    /// <summary>Restarts the lease's duration now, without waiting for the handle's own renewal.</summary>
    /// <exception cref="PoolAccessDeniedException">The token is read-only.</exception>
    public abstract ValueTask RenewAsync(CancellationToken cancellationToken = default);
}
