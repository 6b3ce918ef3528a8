namespace OrleansPool;

/// <summary>There is too little free memory where the request allowed it to come from.</summary>
[GenerateSerializer, Alias("OrleansPool.PoolExhaustedException")]
public sealed class PoolExhaustedException : PoolException
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="pool">Name of the pool.</param>
    /// <param name="bytesAsked">What was asked for, in bytes.</param>
    /// <param name="bytesFree">What is free in the pool where the request allowed, in bytes.</param>
    /// <param name="largestNode">The node with the most free memory of the pool, as text.</param>
    /// <param name="largestNodeBytesFree">What is free there, in bytes.</param>
    /// <param name="waitersAhead">How many requests wait before this one.</param>
    public PoolExhaustedException(
        string message, string? pool, long bytesAsked, long bytesFree, string? largestNode = null, long largestNodeBytesFree = 0,
        int waitersAhead = 0)
        : base(message, pool)
    {
        BytesAsked = bytesAsked;
        BytesFree = bytesFree;
        LargestNode = largestNode;
        LargestNodeBytesFree = largestNodeBytesFree;
        WaitersAhead = waitersAhead;
    }

    /// <summary>What was asked for, in bytes.</summary>
    [Id(0)]
    public long BytesAsked { get; }

    /// <summary>What was free in the pool where the request allowed, in bytes.</summary>
    [Id(1)]
    public long BytesFree { get; }

    /// <summary>The node with the most free memory of the pool, or null where only one was asked.</summary>
    [Id(2)]
    public string? LargestNode { get; }

    /// <summary>What was free there, in bytes.</summary>
    [Id(3)]
    public long LargestNodeBytesFree { get; }

    /// <summary>How many requests waited before this one where it would have waited.</summary>
    [Id(4)]
    public int WaitersAhead { get; }
}
