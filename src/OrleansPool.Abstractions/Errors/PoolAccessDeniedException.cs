namespace OrleansPool;

/// <summary>The token does not allow this: it is read-only, or was not issued by this fabric.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolAccessDeniedException")]
public sealed class PoolAccessDeniedException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolAccessDeniedException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
