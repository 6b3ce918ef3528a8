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

    /// <summary>Bounds what may be leased of the pool on each node: see <see cref="PoolOptions.Quota"/> and <see cref="PoolOptions.LeasesMax"/>.</summary>
    /// <param name="bytes">Such as 1GiB; null for no limit.</param>
    /// <param name="leases">How many leases; 0 for no limit.</param>
    public PoolOptionsBuilder Quota(string? bytes, long leases = 0)
    {
        Options.Quota = bytes;
        Options.LeasesMax = leases;
        return this;
    }

    /// <summary>Bounds what one owner may hold on each node: see <see cref="PoolOptions.QuotaPerOwner"/> and <see cref="PoolOptions.LeasesMaxPerOwner"/>.</summary>
    /// <param name="bytes">Such as 64MiB; null for no limit.</param>
    /// <param name="leases">How many leases; 0 for no limit.</param>
    public PoolOptionsBuilder QuotaPerOwner(string? bytes, long leases = 0)
    {
        Options.QuotaPerOwner = bytes;
        Options.LeasesMaxPerOwner = leases;
        return this;
    }

    /// <summary>Bounds the duration of the pool's leases.</summary>
    public PoolOptionsBuilder Durations(TimeSpan min, TimeSpan max)
    {
        Options.DurationMin = min;
        Options.DurationMax = max;
        return this;
    }
}
