namespace OrleansPool.Grains;

/// <summary>The locks of a region at one moment.</summary>
/// <param name="Held">Those that are held, in order of their fences.</param>
/// <param name="WaiterCount">How many callers wait.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.RegionLocks")]
public sealed record RegionLocks([property: Id(0)] IReadOnlyList<HeldLock> Held, [property: Id(1)] int WaiterCount);
