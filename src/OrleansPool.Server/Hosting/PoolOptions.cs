namespace OrleansPool.Server.Hosting;

/// <summary>One pool, as it is configured.</summary>
public sealed class PoolOptions
{
    /// <summary>Name of the pool; see <see cref="PoolNames.ValidatePool"/>.</summary>
    public string Name { get; set; } = PoolNames.Default;

    /// <summary>Size of a block, such as 4KiB: a power of two from 64 B to 1 MiB.</summary>
    public string BlockSize { get; set; } = "4KiB";

    /// <summary>Most blocks that the pool may have on one node; 0 for as many as the node's memory holds.</summary>
    public long MaxBlocksPerNode { get; set; }
}
