namespace OrleansPool;

/// <summary>A block taken from a <see cref="BlockReservation"/>: an index and the generation that fences a stale copy of it.</summary>
/// <param name="Index">Which block of the reservation.</param>
/// <param name="Generation">Its generation when it was taken.</param>
public readonly record struct LocalBlock(int Index, ulong Generation);
