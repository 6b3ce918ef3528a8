namespace OrleansPool.Grains;

/// <summary>The cluster seen as one: topology, totals and names for clients. Any number of activations is harmless.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.IPoolDirectoryGrain")]
public interface IPoolDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Key of the one directory.</summary>
    const long Key = 0;

    /// <summary>The load of every node that serves.</summary>
    [Alias("GetLoads")]
    Task<NodeLoad[]> GetLoadsAsync();

    /// <summary>What is known of a node.</summary>
    [Alias("GetStatus")]
    Task<NodeStatus> GetStatusAsync(NodeId node);

    /// <summary>What every node holds.</summary>
    [Alias("Describe")]
    Task<FabricReport> DescribeAsync();

    /// <summary>The leases of the whole fabric that stand out.</summary>
    [Alias("ListLeases")]
    Task<LeaseInfo[]> ListLeasesAsync(LeaseQuery query);

    /// <summary>Every region, in order of name.</summary>
    [Alias("ListRegions")]
    Task<RegionInfo[]> ListRegionsAsync();
}
