namespace OrleansPool.Core.Segments;

/// <summary>What an input asks of a segment.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum OperationKind : byte
{
    /// <summary>Nothing; default.</summary>
    None,

    // In the stream: each takes a sequence number, is logged, and is replicated.

    /// <summary>Takes blocks: all of them or none.</summary>
    Alloc,

    /// <summary>Gives a lease's blocks back.</summary>
    Free,

    /// <summary>Ends a lease that ran out. Made by the segment itself.</summary>
    Expire,

    /// <summary>Raises a lease's generation, which fences its holders.</summary>
    Transfer,

    /// <summary>Makes a lease last until it is freed.</summary>
    Keep,

    /// <summary>Writes bytes of one block.</summary>
    Write,

    /// <summary>Replaces 8 aligned bytes if they have an expected value.</summary>
    CompareExchange,

    /// <summary>Adds to 8 aligned bytes.</summary>
    Add,

    /// <summary>Sets which lock fences writes to some bytes may carry, or forgets those of locks that have ended.</summary>
    Fence,

    /// <summary>Opens a session for exactly-once requests.</summary>
    OpenSession,

    /// <summary>Closes a session that was idle. Made by the segment itself.</summary>
    CloseSession,

    // Local to the primary: never logged.

    /// <summary>Restarts a lease's duration.</summary>
    Renew,

    /// <summary>Looks a lease up.</summary>
    Inspect,

    /// <summary>Ends what has run out.</summary>
    Sweep,

    /// <summary>Lists the kept leases.</summary>
    ListKept,

    /// <summary>Lists the leases that stand out in a bounded run of blocks.</summary>
    ListLeases,

    /// <summary>Stops the segment for good, if it is empty.</summary>
    Close,
}
