namespace OrleansPool.Grains;

/// <summary>A lock as a report shows it.</summary>
/// <param name="Fence">Number of its fence.</param>
/// <param name="Mode">Who else may hold it.</param>
/// <param name="Ranges">The bytes.</param>
/// <param name="Owner">The holder's label.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.HeldLock")]
public sealed record HeldLock(
    [property: Id(0)] ulong Fence, [property: Id(1)] LockMode Mode, [property: Id(2)] IReadOnlyList<LockRange> Ranges, [property: Id(3)] string Owner);
