namespace OrleansPool;

/// <summary>The lease ran out: nobody renewed it in time. Its memory may belong to somebody else; lease anew.</summary>
[GenerateSerializer, Alias("OrleansPool.LeaseExpiredException")]
public sealed class LeaseExpiredException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public LeaseExpiredException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
