namespace OrleansPool.Grains;

/// <summary>Asks for a lock.</summary>
/// <param name="Region">Which region is meant: <see cref="PageTable.Id"/>.</param>
/// <param name="Id">Drawn by the caller; names the lock from now on, and is as secret as the right to release it.</param>
/// <param name="Mode">Who else may hold it.</param>
/// <param name="Slots">How many may share it; 1 for an exclusive one.</param>
/// <param name="Ranges">The bytes: in order, disjoint, not touching.</param>
/// <param name="Duration">How long it is held after its last renewal.</param>
/// <param name="Wait">How long the caller goes on waiting.</param>
/// <param name="Owner">Names the holder in reports.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.LockRequest")]
public sealed record LockRequest(
    [property: Id(0)] Guid Region,
    [property: Id(1)] Guid Id,
    [property: Id(2)] LockMode Mode,
    [property: Id(3)] int Slots,
    [property: Id(4)] LockRange[] Ranges,
    [property: Id(5)] TimeSpan Duration,
    [property: Id(6)] TimeSpan Wait,
    [property: Id(7)] string Owner);
