namespace OrleansPool.Grains;

/// <summary>The answers to a batch of reads.</summary>
/// <param name="Blocks">One for each read, in their order.</param>
/// <param name="Bytes">The bytes of those that are Ok, one after the other.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.ReadReply")]
public readonly record struct ReadReply([property: Id(0)] BlockReadReply[] Blocks, [property: Id(1)] ReadOnlyMemory<byte> Bytes);
