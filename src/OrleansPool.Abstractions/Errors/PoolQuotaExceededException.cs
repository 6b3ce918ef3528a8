namespace OrleansPool;

/// <summary>The request is larger than its pool may ever be, or more than a quota leaves it now. It is not waited for: who holds the quota must give back.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolQuotaExceededException")]
public sealed class PoolQuotaExceededException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="bytesAsked">What was asked for, in bytes.</param>
    /// <param name="bytesMax">What the pool may have at most, in bytes.</param>
    /// <param name="limit">Which limit refused it.</param>
    /// <param name="owner">Whose limit it is; null for the pool's.</param>
    /// <param name="held">What is held of the limit: bytes or leases.</param>
    /// <param name="max">The limit: bytes or leases.</param>
    public PoolQuotaExceededException(
        string message, string? pool, long bytesAsked, long bytesMax, PoolLimit limit = PoolLimit.Capacity, string? owner = null,
        long held = 0, long max = 0)
        : base(message, pool)
    {
        BytesAsked = bytesAsked;
        BytesMax = bytesMax;
        Limit = limit;
        Owner = owner;
        Held = held;
        Max = max;
    }

    /// <summary>What was asked for, in bytes.</summary>
    [Id(0)]
    public long BytesAsked { get; }

    /// <summary>What the pool may have at most where the request allowed, in bytes.</summary>
    [Id(1)]
    public long BytesMax { get; }

    /// <summary>Which limit refused the request.</summary>
    [Id(2)]
    public PoolLimit Limit { get; }

    /// <summary>Whose limit it is; null for the pool's.</summary>
    [Id(3)]
    public string? Owner { get; }

    /// <summary>What was held of the limit on the node that refused: bytes or leases, as the limit counts.</summary>
    [Id(4)]
    public long Held { get; }

    /// <summary>The limit: bytes or leases.</summary>
    [Id(5)]
    public long Max { get; }
}
