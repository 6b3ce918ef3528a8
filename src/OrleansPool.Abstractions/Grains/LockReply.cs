namespace OrleansPool.Grains;

/// <summary>The answer to a <see cref="LockRequest"/>.</summary>
/// <param name="Status">Held, Waiting, or why not.</param>
/// <param name="Fence">The lock's fence, if held.</param>
/// <param name="Slots">The number of slots that others named, if it differs.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.LockReply")]
public readonly record struct LockReply(
    [property: Id(0)] LockStatus Status, [property: Id(1)] ulong Fence = 0, [property: Id(2)] int Slots = 0);
