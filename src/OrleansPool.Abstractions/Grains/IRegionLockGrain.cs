namespace OrleansPool.Grains;

/// <summary>
/// The locks of one region: the key is its name. Every change is in grain storage before it is answered, so two activations at once
/// are harmless: the one that storage refuses answers <see cref="LockStatus.AskAgain"/> and ends.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.IRegionLockGrain")]
public interface IRegionLockGrain : IGrainWithStringKey
{
    /// <summary>
    /// Asks for a lock, or goes on asking: the same id keeps its place. Answers after a few seconds at the latest, with
    /// <see cref="LockStatus.Waiting"/> if it has not been granted; who does not ask again soon is forgotten.
    /// </summary>
    [Alias("Ask")]
    Task<LockReply> AskAsync(LockRequest request);

    /// <summary>Restarts a lock's duration.</summary>
    /// <param name="id">The lock: <see cref="LockRequest.Id"/>.</param>
    /// <returns><see cref="LockStatus.Held"/>; <see cref="LockStatus.NotHeld"/> for one that ran out, was released, or never was.</returns>
    [Alias("Renew")]
    Task<LockStatus> RenewAsync(Guid id);

    /// <summary>Gives a lock back, or stops waiting for it.</summary>
    /// <returns><see cref="LockStatus.Held"/> if it was held or waited for until now; <see cref="LockStatus.NotHeld"/> if not.</returns>
    [Alias("Release")]
    Task<LockStatus> ReleaseAsync(Guid id);

    /// <summary>The region was deleted: its locks end.</summary>
    [Alias("End")]
    Task EndAsync(Guid region);

    /// <summary>Who holds what, and how many wait.</summary>
    [Alias("Describe")]
    Task<RegionLocks> DescribeAsync();
}
