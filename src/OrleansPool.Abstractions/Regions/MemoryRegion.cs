namespace OrleansPool;

/// <summary>
/// A named range of fabric memory that lives until it is deleted. Disposing the handle closes it and deletes nothing.
/// </summary>
/// <remarks>All members are thread-safe. New bytes are zero.</remarks>
public abstract class MemoryRegion : MemoryRange
{
    /// <summary>Name of the region.</summary>
    public abstract string Name { get; }

    /// <summary>The byte ranges whose node died: reading or writing them raises <see cref="PoolDataLossException"/>.</summary>
    public abstract IReadOnlyList<LostRange> LostRanges { get; }

    /// <summary>Grows or shrinks the region. Bytes past the new end are gone; bytes past the old end are zero.</summary>
    /// <param name="bytes">The new length, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="PoolExhaustedException">The pool has too little free memory; the region is as it was.</exception>
    public abstract ValueTask ResizeAsync(long bytes, CancellationToken cancellationToken = default);

    /// <summary>Locks bytes, so that no other lock that excludes this one holds any of them. Served in order of asking.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">How many; at least one, all inside the region.</param>
    /// <param name="mode">Who else may hold them.</param>
    /// <param name="options">Duration, wait, slots, owner; <see cref="LockOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is held then.</param>
    /// <returns>A handle that renews the lock, and gives it back when disposed. Its fence is in force at the memory's owners.</returns>
    /// <remarks>
    /// Locks are advisory: only writes that carry a fence are held to them. Bytes whose node died are locked like others, and
    /// raise <see cref="PoolDataLossException"/> when used. When the silo of the lock's grain dies, locks that are held go on,
    /// and who waits gets a new place in the order. Bytes that come to the region by a later resize are not writable
    /// under an older fence: lock anew.
    /// </remarks>
    /// <exception cref="ArgumentException">An argument is out of its limits, or others share the bytes with another number of slots.</exception>
    /// <exception cref="LockTimeoutException">Others held the bytes for as long as the options would wait.</exception>
    /// <exception cref="RegionNotFoundException">The region was deleted.</exception>
    /// <exception cref="PoolUnavailableException">The region has too many locks, or its grain or the memory's owners do not answer.</exception>
    public abstract ValueTask<RegionLock> LockAsync(
        long offset, long bytes, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Locks bytes, where others holding them is an expected outcome; see <see cref="LockAsync"/>.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">How many; at least one, all inside the region.</param>
    /// <param name="mode">Who else may hold them.</param>
    /// <param name="options">As for <see cref="LockAsync"/>; when null, does not wait.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is held then.</param>
    /// <returns>The lock, or null when others held the bytes for as long as the options would wait.</returns>
    public abstract ValueTask<RegionLock?> TryLockAsync(
        long offset, long bytes, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Locks several ranges under one fence: all of them or none, so that two callers never wait for each other.</summary>
    /// <param name="ranges">The ranges, in any order; 1 to <see cref="LockOptions.RangeCountMax"/>.</param>
    /// <param name="mode">Who else may hold them.</param>
    /// <param name="options">As for <see cref="LockAsync"/>.</param>
    /// <param name="cancellationToken">Stops waiting; nothing is held then.</param>
    public abstract ValueTask<RegionLock> LockManyAsync(
        IReadOnlyList<LockRange> ranges, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Writes bytes under a lock; see <see cref="MemoryRange.WriteAsync"/>.</summary>
    /// <param name="offset">First byte to write.</param>
    /// <param name="source">The bytes; all of them are locked by the fence's lock.</param>
    /// <param name="fence">The lock's fence.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="ArgumentException">The fence is none of a lock.</exception>
    /// <exception cref="LeaseFencedException">
    /// Somebody else was granted the bytes since, or they are not those of the lock. The block that was refused is as it was.
    /// </exception>
    public abstract ValueTask WriteAsync(
        long offset, ReadOnlyMemory<byte> source, LockFence fence, CancellationToken cancellationToken = default);

    /// <summary>Compare-exchange under a lock; see <see cref="MemoryRange.CompareExchangeAsync"/>.</summary>
    /// <param name="offset">Where the integer is; a multiple of 8.</param>
    /// <param name="expected">The value that must be there.</param>
    /// <param name="desired">The value to put there.</param>
    /// <param name="fence">The lock's fence.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>The value found.</returns>
    /// <exception cref="LeaseFencedException">Somebody else was granted the bytes since, or they are not those of the lock.</exception>
    public abstract ValueTask<long> CompareExchangeAsync(
        long offset, long expected, long desired, LockFence fence, CancellationToken cancellationToken = default);

    /// <summary>Addition under a lock; see <see cref="MemoryRange.AddAsync"/>.</summary>
    /// <param name="offset">Where the integer is; a multiple of 8.</param>
    /// <param name="addend">What to add.</param>
    /// <param name="fence">The lock's fence.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>The value after the addition.</returns>
    /// <exception cref="LeaseFencedException">Somebody else was granted the bytes since, or they are not those of the lock.</exception>
    public abstract ValueTask<long> AddAsync(long offset, long addend, LockFence fence, CancellationToken cancellationToken = default);

    /// <summary>Makes the region at least so long. Unlike a resize it never takes away what another holder has added meanwhile.</summary>
    /// <param name="bytes">The length that it has at least afterwards; at least 1.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="PoolExhaustedException">The pool has too little free memory; the region is as it was.</exception>
    public abstract ValueTask GrowAsync(long bytes, CancellationToken cancellationToken = default);

    /// <summary>Looks at the region's page table again, to see a length that another holder changed.</summary>
    public abstract ValueTask RefreshAsync(CancellationToken cancellationToken = default);
}
