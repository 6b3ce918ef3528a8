namespace OrleansPool.Server.Hosting;

/// <summary>Configures one pool in code.</summary>
public sealed class PoolOptionsBuilder
{
    internal PoolOptionsBuilder(PoolOptions options) => Options = options;

    internal PoolOptions Options { get; }

    /// <summary>Sets the size of a block, such as 64KiB.</summary>
    public PoolOptionsBuilder BlockSize(string size)
    {
        Options.BlockSize = size;
        return this;
    }

    /// <summary>Bounds the pool on each node.</summary>
    public PoolOptionsBuilder MaxBlocksPerNode(long blocks)
    {
        Options.MaxBlocksPerNode = blocks;
        return this;
    }
}
