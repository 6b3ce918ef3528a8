namespace OrleansPool.Grains;

/// <summary>One region: the key is its name. Holds its page table; bytes never pass through it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.IRegionGrain")]
public interface IRegionGrain : IGrainWithStringKey
{
    /// <summary>The page table, or null where there is no region of that name.</summary>
    [Alias("Open")]
    Task<PageTable?> OpenAsync();

    /// <summary>Makes the region unless it is there already; answers with its page table either way.</summary>
    /// <exception cref="PoolExhaustedException">There is too little free memory.</exception>
    [Alias("Create")]
    Task<PageTable> CreateAsync(string pool, long bytes);

    /// <summary>Grows or shrinks the region.</summary>
    /// <param name="id">Which region is meant: <see cref="PageTable.Id"/>.</param>
    /// <param name="bytes">The new length.</param>
    /// <exception cref="RegionNotFoundException">There is no region of that name.</exception>
    /// <exception cref="PoolExhaustedException">There is too little free memory; the region is as it was.</exception>
    [Alias("Resize")]
    Task<PageTable> ResizeAsync(Guid id, long bytes);

    /// <summary>Makes the region at least so long; answers with its page table either way.</summary>
    /// <param name="id">Which region is meant: <see cref="PageTable.Id"/>.</param>
    /// <param name="bytes">The length that it has at least afterwards.</param>
    /// <exception cref="RegionNotFoundException">There is no region of that name.</exception>
    /// <exception cref="PoolExhaustedException">There is too little free memory; the region is as it was.</exception>
    [Alias("Grow")]
    Task<PageTable> GrowAsync(Guid id, long bytes);

    /// <summary>Deletes the region and frees its memory.</summary>
    /// <returns>False if there was none.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync();

    /// <summary>Of some extents that are kept in this region's name, tells which ones its page table does not list.</summary>
    [Alias("FindOrphans")]
    Task<LeaseExtent[]> FindOrphansAsync(LeaseExtent[] kept);

    /// <summary>The region as a listing shows it, or null where there is none.</summary>
    [Alias("Describe")]
    Task<RegionInfo?> DescribeAsync();
}
