using OrleansPool.Grains;

namespace OrleansPool.Server.Locks;

/// <summary>A lock as the storage provider holds it.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Fence">Number of its fence.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LockRow")]
internal sealed record LockRow([property: Id(0)] LockRequest Request, [property: Id(1)] ulong Fence);
