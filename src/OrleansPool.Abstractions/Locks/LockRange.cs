namespace OrleansPool;

/// <summary>Bytes of a region that are locked together.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Bytes">How many; at least one.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.LockRange")]
public readonly record struct LockRange([property: Id(0)] long Offset, [property: Id(1)] long Bytes)
{
    /// <summary>The byte after the last one.</summary>
    public long End => Offset + Bytes;

    /// <summary>Whether the two have a byte in common.</summary>
    public bool Overlaps(LockRange other) => Offset < other.End && other.Offset < End;
}
