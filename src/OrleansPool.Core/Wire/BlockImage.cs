namespace OrleansPool.Core.Wire;

/// <summary>The bytes of one block at some moment of its segment's stream.</summary>
/// <param name="Block">Which.</param>
/// <param name="Version">Sequence of the newest operation in the bytes.</param>
/// <param name="Bytes">All of its bytes.</param>
internal readonly record struct BlockImage(int Block, ulong Version, ReadOnlyMemory<byte> Bytes);
