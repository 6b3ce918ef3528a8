namespace OrleansPool.Grains;

/// <summary>How an operation on a segment ended. Expected outcomes are values; the client turns them into errors where it must.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum OperationStatus : byte
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>The bytes are what the reader already has.</summary>
    Unchanged,

    /// <summary>A comparison failed; nothing was written.</summary>
    Mismatch,

    /// <summary>There are not enough free blocks.</summary>
    Exhausted,

    /// <summary>The request is larger than the pool may be.</summary>
    QuotaExceeded,

    /// <summary>The lease ran out.</summary>
    Expired,

    /// <summary>The holder's generation is old.</summary>
    Fenced,

    /// <summary>The token does not allow the operation.</summary>
    Denied,

    /// <summary>The token was not issued here.</summary>
    Forged,

    /// <summary>The segment was not born here, or is gone.</summary>
    NoSegment,

    /// <summary>There is no pool of that name on this node.</summary>
    NoPool,

    /// <summary>The operation is out of the block's or the lease's bounds, or malformed.</summary>
    OutOfBounds,

    /// <summary>The request's session is unknown or closed: whether it ran cannot be told.</summary>
    Indeterminate,

    /// <summary>More requests of one session are under way than it may have.</summary>
    TooManyOutstanding,

    /// <summary>The inbox is full; try again soon.</summary>
    Busy,

    /// <summary>The node is another incarnation than the one asked for.</summary>
    WrongIncarnation,

    /// <summary>The node that held the memory is dead.</summary>
    Lost,

    /// <summary>The write carries the fence of a lock that does not hold all of its bytes any more, or never did.</summary>
    LockFenced,

    /// <summary>The lease has as many differently locked parts as it may have.</summary>
    TooManyFences,

    /// <summary>There is no memory yet; the request's place in the queue is kept for a moment.</summary>
    Waiting,

    /// <summary>The replica asked is not the segment's primary in the caller's epoch; look the segment up anew.</summary>
    NotPrimary,

    /// <summary>The primary cannot answer now: it is taking over, or has lost touch with its backups or the pool map. Try again soon.</summary>
    Unavailable,
}
