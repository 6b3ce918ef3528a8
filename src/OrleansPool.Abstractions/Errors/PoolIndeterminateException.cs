namespace OrleansPool;

/// <summary>It cannot be known whether the operation took effect: its answer was lost, and the memory's owner no longer remembers it.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolIndeterminateException")]
public sealed class PoolIndeterminateException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool, where known.</param>
    /// <param name="lease">The lease, where known.</param>
    /// <param name="request">The request, by which the operation can be asked about.</param>
    /// <param name="innerException">What caused it.</param>
    public PoolIndeterminateException(
        string message, string? pool = null, LeaseId lease = default, string? request = null, Exception? innerException = null)
        : base(message, pool, lease, innerException) => Request = request;

    /// <summary>The request whose outcome is unknown: session and number.</summary>
    [Id(0)]
    public string? Request { get; }
}
