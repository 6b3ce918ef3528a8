namespace OrleansPool;

/// <summary>
/// A lock on bytes of a region, renewed in the background until it is released or disposed.
/// </summary>
/// <remarks>
/// <para>All members are thread-safe. Locks are advisory for those who do not ask: a write without a fence is not held up. A write
/// with <see cref="Fence"/> is carried out only while nobody else was granted the bytes, and only on bytes that this lock
/// holds, whatever pauses lie between.</para>
/// <para>The holder counts the lock's time from the moment at which the last renewal was sent, the grain from when it arrived: so
/// the holder never believes in it longer.</para>
/// </remarks>
public abstract class RegionLock : IAsyncDisposable
{
    /// <summary>What writes under this lock carry.</summary>
    public abstract LockFence Fence { get; }

    /// <summary>The locked bytes: in order, disjoint, and not touching.</summary>
    public abstract IReadOnlyList<LockRange> Ranges { get; }

    /// <summary>Who else may hold them.</summary>
    public abstract LockMode Mode { get; }

    /// <summary>Cancelled when the lock is known to be gone: its time ran out before it could be renewed, or its region was deleted.</summary>
    /// <remarks>Callbacks run on a thread-pool thread.</remarks>
    public abstract CancellationToken Lost { get; }

    /// <summary>Restarts the lock's duration now, without waiting for the handle's own renewal.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ObjectDisposedException">The lock was released.</exception>
    /// <exception cref="LeaseExpiredException">The lock ran out.</exception>
    /// <exception cref="PoolUnavailableException">The lock's grain does not answer now.</exception>
    public abstract ValueTask RenewAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the lock back, and tells whether it was held to the end.</summary>
    /// <param name="cancellationToken">Stops waiting; the lock then runs out by itself.</param>
    /// <exception cref="ObjectDisposedException">The lock was released before.</exception>
    /// <exception cref="LeaseExpiredException">The lock ran out before it was released: others may have held it since.</exception>
    /// <exception cref="PoolUnavailableException">The lock's grain does not answer now; the lock runs out by itself.</exception>
    public abstract ValueTask ReleaseAsync(CancellationToken cancellationToken = default);

    /// <summary>Gives the lock back if it is still held. Never throws; a lock that cannot be given back now runs out by itself.</summary>
    public abstract ValueTask DisposeAsync();
}
