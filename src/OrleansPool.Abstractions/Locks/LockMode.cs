namespace OrleansPool;

/// <summary>Who else may hold a lock on the same bytes.</summary>
public enum LockMode : byte
{
    /// <summary>Nobody.</summary>
    Exclusive,

    /// <summary>Other shared holders: as many as <see cref="LockOptions.Slots"/> says, which makes it a semaphore.</summary>
    Shared,
}
