namespace OrleansPool.Server.Regions;

/// <summary>What the storage provider holds of a bucket of region names.</summary>
[GenerateSerializer, Alias("OrleansPool.CatalogState")]
internal sealed class CatalogState
{
    /// <summary>The names, in order.</summary>
    [Id(0)]
    public List<string> Names { get; set; } = [];
}
