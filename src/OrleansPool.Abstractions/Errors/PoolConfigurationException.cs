namespace OrleansPool;

/// <summary>The fabric is set up in a way that cannot keep its promises; the message says which setting to change.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolConfigurationException")]
public sealed class PoolConfigurationException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolConfigurationException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
