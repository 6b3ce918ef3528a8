namespace OrleansPool;

/// <summary>One write of <see cref="IMemoryFabric.WriteManyAsync"/>.</summary>
/// <param name="Range">The lease or region.</param>
/// <param name="Offset">First byte to write.</param>
/// <param name="Source">The bytes; all of them lie inside the range. Belongs to the call until its task ends.</param>
/// <param name="Fence">The fence of the region's lock that the write is made under; default for none.</param>
public readonly record struct WriteItem(MemoryRange Range, long Offset, ReadOnlyMemory<byte> Source, LockFence Fence = default);
