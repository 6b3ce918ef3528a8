namespace OrleansPool.Grains;

/// <summary>How a call about a lock ended.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum LockStatus : byte
{
    /// <summary>The caller holds the lock; for a release, held it until now.</summary>
    Held,

    /// <summary>Others hold it; ask again to go on waiting.</summary>
    Waiting,

    /// <summary>The time to wait is over.</summary>
    TimedOut,

    /// <summary>There is no such lock: it ran out, was released, or never was.</summary>
    NotHeld,

    /// <summary>There is no such region, or it was made anew.</summary>
    NoRegion,

    /// <summary>The bytes do not lie inside the region.</summary>
    OutOfBounds,

    /// <summary>Others share these bytes with another number of slots: <see cref="LockReply.Slots"/>.</summary>
    SlotsDiffer,

    /// <summary>The region has as many locks, waiting callers or locked parts as it may have.</summary>
    Full,

    /// <summary>This activation can decide nothing any more, or the memory's owner did not answer. Nothing is held; ask again soon.</summary>
    AskAgain,
}
