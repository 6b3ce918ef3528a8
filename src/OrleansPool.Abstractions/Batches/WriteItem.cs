namespace OrleansPool;

/// <summary>One write of <see cref="IMemoryFabric.WriteManyAsync"/>.</summary>
/// <param name="Range">The lease or region.</param>
/// <param name="Offset">First byte to write.</param>
/// <param name="Source">The bytes; all of them lie inside the range. Belongs to the call until its task ends.</param>
public readonly record struct WriteItem(MemoryRange Range, long Offset, ReadOnlyMemory<byte> Source);
