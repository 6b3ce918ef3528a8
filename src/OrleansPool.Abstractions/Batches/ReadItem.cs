namespace OrleansPool;

/// <summary>One read of <see cref="IMemoryFabric.ReadManyAsync"/>.</summary>
/// <param name="Range">The lease or region.</param>
/// <param name="Offset">First byte to read, from 0 to the range's length.</param>
/// <param name="Destination">Where the bytes go; cleared if the read fails. Belongs to the call until its task ends.</param>
public readonly record struct ReadItem(MemoryRange Range, long Offset, Memory<byte> Destination);
