using OrleansPool.Grains;

namespace OrleansPool.Core.Locks;

/// <summary>One lock that was granted: by whom it was asked for, its number, and how long it still lasts.</summary>
/// <remarks>Owned by its <see cref="LockTable"/>. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LockHolder
{
    internal LockHolder(LockRequest request, ulong fence)
    {
        Request = request;
        Fence = fence;
    }

    /// <summary>What was asked for.</summary>
    public LockRequest Request { get; }

    /// <summary>The number of its fence.</summary>
    public ulong Fence { get; }

    /// <summary>When it runs out unless renewed; never, until the memory's owners have acknowledged its fence.</summary>
    public Tick ExpiresAt { get; internal set; }
}
