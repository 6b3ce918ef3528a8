namespace OrleansPool;

/// <summary>The memory cannot be reached now, though it is not lost: try again after a while.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolUnavailableException")]
public sealed class PoolUnavailableException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="retryAfter">When trying again makes sense.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolUnavailableException(
        string message, TimeSpan retryAfter, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException) => RetryAfter = retryAfter;

    /// <summary>When trying again makes sense.</summary>
    [Id(0)]
    public TimeSpan RetryAfter { get; }
}
