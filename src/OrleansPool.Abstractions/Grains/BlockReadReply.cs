namespace OrleansPool.Grains;

/// <summary>The answer to a <see cref="BlockRead"/>.</summary>
/// <param name="Status">Ok with bytes, Unchanged without, or why not.</param>
/// <param name="Version">Version of the block: the sequence number of the operation that wrote it last.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockReadReply")]
public readonly record struct BlockReadReply([property: Id(0)] OperationStatus Status, [property: Id(1)] ulong Version);
