namespace OrleansPool.Simulation.Witness;

/// <summary>The position of an operation in its segment's stream. The default comes before all.</summary>
/// <param name="Epoch">The epoch of the segment's row.</param>
/// <param name="Sequence">The sequence number.</param>
public readonly record struct Viewstamp(ulong Epoch, ulong Sequence) : IComparable<Viewstamp>
{
    /// <summary>Whether one comes before another.</summary>
    public static bool operator <(Viewstamp left, Viewstamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after another.</summary>
    public static bool operator >(Viewstamp left, Viewstamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether one does not come after another.</summary>
    public static bool operator <=(Viewstamp left, Viewstamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one does not come before another.</summary>
    public static bool operator >=(Viewstamp left, Viewstamp right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Viewstamp other) => Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Sequence.CompareTo(other.Sequence);

    /// <inheritdoc/>
    public override string ToString() => $"{Epoch}/{Sequence}";
}
