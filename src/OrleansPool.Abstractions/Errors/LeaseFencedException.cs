namespace OrleansPool;

/// <summary>The lease was freed, handed to another holder, or given back twice: this holder has no right over the memory any more.</summary>
[GenerateSerializer, Alias("OrleansPool.LeaseFencedException")]
public sealed class LeaseFencedException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public LeaseFencedException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
