using OrleansPool.Grains;

namespace OrleansPool.Server.Locks;

/// <summary>The memory on which locks are taken.</summary>
internal interface ILockedMemory
{
    /// <summary>Whether a request's bytes lie inside the region that it means.</summary>
    /// <returns>Held if they do; NoRegion or OutOfBounds.</returns>
    ValueTask<LockStatus> CheckAsync(LockRequest request);

    /// <summary>Sets a lock's fence at every owner of its bytes.</summary>
    /// <param name="request">The lock.</param>
    /// <param name="fence">Its fence.</param>
    /// <param name="earlier">The fences of those who share bytes with it.</param>
    /// <param name="living">The fences of all locks that are held, to make room where there is none.</param>
    /// <returns>
    /// Held once every owner that is alive has acknowledged it; NotHeld, and the newest fence, where an owner knows a newer lock;
    /// NoRegion, Full, or AskAgain.
    /// </returns>
    ValueTask<(LockStatus Status, ulong Newest)> FenceAsync(LockRequest request, ulong fence, ulong[] earlier, ulong[] living);
}
