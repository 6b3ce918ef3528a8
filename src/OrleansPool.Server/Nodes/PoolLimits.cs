using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Nodes;

/// <summary>The limits of one pool on this node, as configured now; no limit is the largest number.</summary>
internal sealed record PoolLimits(
    long BlockCountMax, long QuotaBytes, long LeaseCountMax, long OwnerBytesMax, long OwnerLeaseCountMax, TimeSpan DurationMin, TimeSpan DurationMax)
{
    public static PoolLimits Of(PoolOptions pool) => new(
        OrNone(pool.MaxBlocksPerNode), BytesOrNone(pool.Quota), OrNone(pool.LeasesMax), BytesOrNone(pool.QuotaPerOwner),
        OrNone(pool.LeasesMaxPerOwner), pool.DurationMin, pool.DurationMax);

    private static long OrNone(long count) => count == 0 ? long.MaxValue : count;

    private static long BytesOrNone(string? size) => size is null ? long.MaxValue : ByteSize.Parse(size);
}
