namespace OrleansPool;

/// <summary>The root of every error that the fabric raises.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolException")]
public class PoolException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolException(string message, string? pool = null, LeaseId lease = default, Exception? innerException = null)
        : base(message, innerException)
    {
        Pool = pool;
        Lease = lease;
    }

    /// <summary>Name of the pool, or null where it is not known.</summary>
    [Id(0)]
    public string? Pool { get; }

    /// <summary>The lease, or default where there is none.</summary>
    [Id(1)]
    public LeaseId Lease { get; }
}
