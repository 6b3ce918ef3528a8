namespace OrleansPool;

/// <summary>The lock did not come free within the time that the caller would wait. Nothing is held.</summary>
[GenerateSerializer, Alias("OrleansPool.LockTimeoutException")]
public sealed class LockTimeoutException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="region">Name of the region.</param>
    /// <param name="waited">How long was waited.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    public LockTimeoutException(string message, string region, TimeSpan waited, string? pool = null)
        : base(message, pool)
    {
        Region = region;
        Waited = waited;
    }

    /// <summary>Name of the region.</summary>
    [Id(0)]
    public string Region { get; }

    /// <summary>How long was waited.</summary>
    [Id(1)]
    public TimeSpan Waited { get; }
}
