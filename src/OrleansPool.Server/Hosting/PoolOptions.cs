namespace OrleansPool.Server.Hosting;

/// <summary>One pool, as it is configured.</summary>
/// <remarks>
/// While the node runs, a changed limit (blocks, quotas, leases, durations) applies at once to new leases; one that is below what
/// is held takes nothing away, and is reported. A changed block size, a new pool, and a pool that is missing are refused with an
/// error in the log, and take a restart.
/// </remarks>
public sealed class PoolOptions
{
    /// <summary>Name of the pool; see <see cref="PoolNames.ValidatePool"/>.</summary>
    public string Name { get; set; } = PoolNames.Default;

    /// <summary>Size of a block, such as 4KiB: a power of two from 64 B to 1 MiB.</summary>
    public string BlockSize { get; set; } = "4KiB";

    /// <summary>Most blocks that the pool may have on one node; 0 for as many as the node's memory holds.</summary>
    public long MaxBlocksPerNode { get; set; }

    /// <summary>Most bytes that may be leased of the pool on one node, such as 1GiB, in memory and spill file together; null for no limit.</summary>
    public string? Quota { get; set; }

    /// <summary>Most leases of the pool on one node; 0 for no limit. A lease whose blocks are in several segments counts once for each.</summary>
    public long LeasesMax { get; set; }

    /// <summary>Most bytes that one owner label may hold of the pool on one node; null for no limit. Leases without a label count as one owner.</summary>
    public string? QuotaPerOwner { get; set; }

    /// <summary>Most leases that one owner label may hold of the pool on one node; 0 for no limit.</summary>
    public long LeasesMaxPerOwner { get; set; }

    /// <summary>Shortest duration of a lease of the pool; <see cref="LeaseOptions.DurationMin"/> by default. Regions are not bound by it.</summary>
    public TimeSpan DurationMin { get; set; } = LeaseOptions.DurationMin;

    /// <summary>Longest duration of a lease of the pool; <see cref="LeaseOptions.DurationMax"/> by default. Regions are not bound by it.</summary>
    public TimeSpan DurationMax { get; set; } = LeaseOptions.DurationMax;
}
