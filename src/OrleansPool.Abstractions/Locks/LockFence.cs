namespace OrleansPool;

/// <summary>
/// What a write carries to prove under which lock it is made. The memory's owner refuses it once the bytes are locked by somebody
/// else. Can be sent to whoever writes on the holder's behalf.
/// </summary>
/// <param name="Region">The region: <see cref="Grains.PageTable.Id"/>.</param>
/// <param name="Number">Rises with every lock that is granted in the region. 0: no fence.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LockFence")]
public readonly record struct LockFence([property: Id(0)] Guid Region, [property: Id(1)] ulong Number);
