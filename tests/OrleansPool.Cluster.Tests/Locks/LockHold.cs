namespace OrleansPool.Cluster.Tests.Locks;

/// <summary>One time that somebody held the lock.</summary>
/// <param name="Fence">Number of the fence.</param>
/// <param name="From">When the lock was had, as a timestamp.</param>
/// <param name="Until">When it was given back or known to be lost.</param>
/// <param name="FenceFound">Under which fence the bytes were written that the holder found.</param>
/// <param name="Written">The counter that it wrote.</param>
/// <param name="Outcome">What came of the write.</param>
internal sealed record LockHold(ulong Fence, long From, long Until, ulong FenceFound, long Written, WriteOutcome Outcome);
