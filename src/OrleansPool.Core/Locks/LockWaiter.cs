using OrleansPool.Grains;

namespace OrleansPool.Core.Locks;

/// <summary>A caller that waits for a lock, in its place in the order. Owned by its <see cref="LockTable"/>.</summary>
internal sealed class LockWaiter(LockRequest request, Tick deadline)
{
    public LockRequest Request => request;

    /// <summary>From when on it must not be served any more.</summary>
    public Tick Deadline { get; set; } = deadline;

    /// <summary>Whether no step has looked at it yet. Who would not wait at all is served by the first step or never.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>When it is forgotten, if it does not ask again; never, while a call of it stands open.</summary>
    public Tick ForgottenAt { get; set; } = Tick.Never;
}
