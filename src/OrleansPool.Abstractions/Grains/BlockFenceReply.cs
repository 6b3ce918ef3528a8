namespace OrleansPool.Grains;

/// <summary>The answer to a <see cref="BlockFence"/>.</summary>
/// <param name="Status">Ok; LockFenced where a newer lock was granted; or why not.</param>
/// <param name="Newest">The newest fence that was found on the bytes.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockFenceReply")]
public readonly record struct BlockFenceReply([property: Id(0)] OperationStatus Status, [property: Id(1)] ulong Newest);
