namespace OrleansPool;

/// <summary>
/// The memory of the whole cluster as one pool: lease blocks of it, open named regions, take local memory ahead. The same
/// interface in a silo and in an external client; get it from dependency injection.
/// </summary>
/// <remarks>All members are thread-safe.</remarks>
public interface IMemoryFabric
{
    /// <summary>Most items of one batch.</summary>
    const int BatchCountMax = 10_000;

    /// <summary>Leases memory of a pool. All or nothing; every byte is zero.</summary>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="bytes">How much, rounded up to whole blocks; more than zero.</param>
    /// <param name="options">Duration, fallback, owner; <see cref="LeaseOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A handle that owns the lease: it renews it, and frees it when disposed.</returns>
    /// <exception cref="ArgumentException">An argument is out of its limits, or there is no pool of that name.</exception>
    /// <exception cref="PoolExhaustedException">There is too little free memory where the options allow.</exception>
    /// <exception cref="PoolUnavailableException">No node answers now.</exception>
    ValueTask<MemoryLease> LeaseAsync(string pool, long bytes, LeaseOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes many leases: those that one node is asked for go there in one call (of at most 1,000), and what it refuses goes to the
    /// next together. Each item is all or nothing; none depends on another.
    /// </summary>
    /// <param name="items">What to take; unchanged until the task ends.</param>
    /// <param name="cancellationToken">Stops waiting: then every lease that was taken is given back.</param>
    /// <returns>For each item, in order, a handle that owns the lease, or the error that <see cref="LeaseAsync"/> would have raised.</returns>
    /// <exception cref="ArgumentNullException">There are no items.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="BatchCountMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<BatchResult<MemoryLease>[]> LeaseManyAsync(IReadOnlyList<LeaseItem> items, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads from many ranges: what one node holds is asked for in one call (one for each block size; of at most 1 MiB and 1,024 blocks), different
    /// nodes at once. What is in this process is copied at once, without a call.
    /// </summary>
    /// <param name="items">What to read; unchanged until the task ends.</param>
    /// <param name="cancellationToken">Stops waiting; the destinations are then unspecified.</param>
    /// <returns>
    /// For each item, in order, how many bytes were read, or the error that <see cref="MemoryRange.ReadAsync"/> would have raised.
    /// The reads happen in no particular order, each at some moment of the call.
    /// </returns>
    /// <exception cref="ArgumentNullException">There are no items.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="BatchCountMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<BatchResult<int>[]> ReadManyAsync(IReadOnlyList<ReadItem> items, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes to many ranges: what goes to one node goes in one call (of at most 1 MiB, 1,024 blocks, and 128 blocks of one
    /// segment), different nodes at once.
    /// </summary>
    /// <remarks>
    /// The writes through one handle are carried out in the order given, over all nodes; those through different handles in no order.
    /// No item's failure keeps another from being tried. The order of writes to different bytes has an exception: a write that meets a
    /// resize of its region, or comes after one that a lock's fence refused, may be carried out after later ones.
    /// </remarks>
    /// <param name="items">What to write; unchanged until the task ends.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>For each item, in order, whether it was done, or the error that <see cref="MemoryRange.WriteAsync"/> would have raised.</returns>
    /// <exception cref="ArgumentNullException">There are no items.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="BatchCountMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<BatchOutcome[]> WriteManyAsync(IReadOnlyList<WriteItem> items, CancellationToken cancellationToken = default);

    /// <summary>Restarts the durations of many leases: one call (of at most 1,000) for each node.</summary>
    /// <param name="leases">The leases; unchanged until the task ends.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <returns>For each lease, in order, whether it was done, or the error that <see cref="MemoryLease.RenewAsync"/> would have raised.</returns>
    /// <exception cref="ArgumentNullException">There are no leases.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="BatchCountMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<BatchOutcome[]> RenewManyAsync(IReadOnlyList<MemoryLease> leases, CancellationToken cancellationToken = default);

    /// <summary>
    /// Disposes many handles and frees the leases that they own: one call (of at most 1,000) for each node. What cannot be freed now
    /// runs out by itself.
    /// </summary>
    /// <param name="leases">The handles, all of which are disposed afterwards; unchanged until the task ends.</param>
    /// <param name="cancellationToken">Stops waiting; what was not freed runs out.</param>
    /// <returns>
    /// For each handle, in order: done, if its lease is free now, or was not its own to free; else the error that says why not.
    /// </returns>
    /// <exception cref="ArgumentNullException">There are no leases.</exception>
    /// <exception cref="ArgumentException">There are more than <see cref="BatchCountMax"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting.</exception>
    ValueTask<BatchOutcome[]> ReleaseManyAsync(IReadOnlyList<MemoryLease> leases, CancellationToken cancellationToken = default);

    /// <summary>Opens leased memory to look at it: the handle neither renews nor frees.</summary>
    /// <param name="token">The right, from any process.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="LeaseExpiredException">The lease ran out.</exception>
    /// <exception cref="LeaseFencedException">The lease was freed or handed on.</exception>
    /// <exception cref="PoolAccessDeniedException">The token was not issued by this fabric.</exception>
    /// <exception cref="PoolDataLossException">The node that held the bytes is gone.</exception>
    ValueTask<MemoryLease> OpenAsync(LeaseToken token, CancellationToken cancellationToken = default);

    /// <summary>Opens leased memory and takes it over: the handle renews the lease, and frees it when disposed.</summary>
    /// <param name="token">The right that its former holder detached.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoolAccessDeniedException">The token is read-only.</exception>
    /// <exception cref="LeaseExpiredException">The lease ran out.</exception>
    /// <exception cref="LeaseFencedException">The lease was freed or handed on.</exception>
    /// <exception cref="PoolAccessDeniedException">The token was not issued by this fabric.</exception>
    /// <exception cref="PoolDataLossException">The node that held the bytes is gone.</exception>
    ValueTask<MemoryLease> AdoptAsync(LeaseToken token, CancellationToken cancellationToken = default);

    /// <summary>Opens a region by name.</summary>
    /// <param name="name">Name of the region.</param>
    /// <param name="createBytes">If more than zero, the region is made with this length when there is none of that name.</param>
    /// <param name="options">How to make it.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="RegionNotFoundException">There is none, and <paramref name="createBytes"/> is zero.</exception>
    /// <exception cref="PoolExhaustedException">There is too little free memory to make it.</exception>
    ValueTask<MemoryRegion> OpenRegionAsync(
        string name, long createBytes = 0, RegionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a region and frees its memory.</summary>
    /// <returns>False if there was none.</returns>
    ValueTask<bool> DeleteRegionAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Takes local memory of this process ahead: see <see cref="BlockReservation"/>.</summary>
    /// <param name="blocks">How many blocks; more than zero.</param>
    /// <param name="options">Size of a block, owner.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoolExhaustedException">This process has too little free memory.</exception>
    ValueTask<BlockReservation> ReserveAsync(int blocks, ReservationOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>What the fabric holds and who holds it, node by node.</summary>
    ValueTask<FabricReport> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>The leases that stand out: the largest or the oldest of the whole fabric, with owner, age and trace.</summary>
    /// <remarks>A lease of several extents is listed extent by extent. Nodes that do not answer are left out.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The query is out of its limits.</exception>
    ValueTask<IReadOnlyList<LeaseInfo>> ListLeasesAsync(LeaseQuery query, CancellationToken cancellationToken = default);

    /// <summary>Every region, in order of name.</summary>
    ValueTask<IReadOnlyList<RegionInfo>> ListRegionsAsync(CancellationToken cancellationToken = default);
}
