namespace OrleansPool;

/// <summary>The memory is gone, because the node that held it is. Never raised for bytes that could still be read.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolDataLossException")]
public sealed class PoolDataLossException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolDataLossException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
