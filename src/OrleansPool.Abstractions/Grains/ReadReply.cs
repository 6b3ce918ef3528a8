namespace OrleansPool.Grains;

/// <summary>The answers to a batch of reads.</summary>
/// <param name="Blocks">One for each read, in their order.</param>
/// <param name="Bytes">The bytes of those that are Ok, one after the other.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.ReadReply")]
public readonly record struct ReadReply([property: Id(0)] BlockReadReply[] Blocks, [property: Id(1)] ReadOnlyMemory<byte> Bytes);
