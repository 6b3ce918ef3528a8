namespace OrleansPool;

/// <summary>There is no region of that name.</summary>
[GenerateSerializer, Alias("OrleansPool.RegionNotFoundException")]
public sealed class RegionNotFoundException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public RegionNotFoundException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, pool, lease, innerException)
    {
    }
}
