namespace OrleansPool;

/// <summary>The request is larger than its pool may ever be; waiting does not help.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolQuotaExceededException")]
public sealed class PoolQuotaExceededException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="bytesAsked">What was asked for, in bytes.</param>
    /// <param name="bytesMax">What the pool may have at most, in bytes.</param>
    public PoolQuotaExceededException(string message, string? pool, long bytesAsked, long bytesMax)
        : base(message, pool)
    {
        BytesAsked = bytesAsked;
        BytesMax = bytesMax;
    }

    /// <summary>What was asked for, in bytes.</summary>
    [Id(0)]
    public long BytesAsked { get; }

    /// <summary>What the pool may have at most where the request allowed, in bytes.</summary>
    [Id(1)]
    public long BytesMax { get; }
}
