namespace OrleansPool;

/// <summary>Shorter forms of <see cref="IMemoryFabric"/>'s calls.</summary>
public static class MemoryFabricExtensions
{
    /// <summary>Leases memory of the default pool: see <see cref="IMemoryFabric.LeaseAsync"/>.</summary>
    public static ValueTask<MemoryLease> LeaseAsync(
        this IMemoryFabric fabric, long bytes, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        return fabric.LeaseAsync(PoolNames.Default, bytes, options, cancellationToken);
    }

    /// <summary>Leases memory, where a full pool is an expected outcome.</summary>
    /// <returns>The lease, or null when there is too little free memory where the options allow.</returns>
    public static async ValueTask<MemoryLease?> TryLeaseAsync(
        this IMemoryFabric fabric, string pool, long bytes, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        try
        {
            return await fabric.LeaseAsync(pool, bytes, options, cancellationToken);
        }
        catch (PoolExhaustedException)
        {
            return null;
        }
    }
}
