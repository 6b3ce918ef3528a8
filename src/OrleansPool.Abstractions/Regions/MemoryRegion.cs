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

    /// <summary>Makes the region at least so long. Unlike a resize it never takes away what another holder has added meanwhile.</summary>
    /// <param name="bytes">The length that it has at least afterwards; at least 1.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still happen.</param>
    /// <exception cref="PoolExhaustedException">The pool has too little free memory; the region is as it was.</exception>
    public abstract ValueTask GrowAsync(long bytes, CancellationToken cancellationToken = default);

    /// <summary>Looks at the region's page table again, to see a length that another holder changed.</summary>
    public abstract ValueTask RefreshAsync(CancellationToken cancellationToken = default);
}
