namespace OrleansPool.Core.Locks;

/// <summary>
/// What a step of a <see cref="LockTable"/> changed. None of it may be told to anybody before the table is in storage.
/// </summary>
/// <param name="Granted">Locks that were granted, in order. Each is told once the memory's owners have acknowledged its fence.</param>
/// <param name="TimedOut">Callers whose time to wait is over.</param>
/// <param name="Expired">Locks that ran out.</param>
/// <param name="MustWrite">Whether the table differs from what is in storage.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record LockChanges(
    IReadOnlyList<LockHolder> Granted, IReadOnlyList<Guid> TimedOut, IReadOnlyList<LockHolder> Expired, bool MustWrite);
