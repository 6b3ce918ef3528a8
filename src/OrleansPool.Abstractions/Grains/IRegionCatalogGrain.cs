namespace OrleansPool.Grains;

/// <summary>
/// The names of regions, in buckets by a hash of the name, so that regions can be listed: storage providers cannot list. A name is
/// added before its region is made and removed after it is deleted, so a listed name may have no region.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.IRegionCatalogGrain")]
public interface IRegionCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>How many buckets there are.</summary>
    const int BucketCount = 64;

    /// <summary>Adds a name.</summary>
    [Alias("Add")]
    Task AddAsync(string name);

    /// <summary>Removes a name.</summary>
    [Alias("Remove")]
    Task RemoveAsync(string name);

    /// <summary>The bucket's names, in order.</summary>
    [Alias("List")]
    Task<string[]> ListAsync();
}
