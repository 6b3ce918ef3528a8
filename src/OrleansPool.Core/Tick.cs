namespace OrleansPool.Core;

/// <summary>
/// A moment on the host's monotonic clock, in units of 100 ns since an arbitrary start. The core never reads a clock: hosts pass
/// the moment in.
/// </summary>
/// <param name="Value">100 ns units.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct Tick(long Value) : IComparable<Tick>
{
    /// <summary>A moment that does not come.</summary>
    public static Tick Never => new(long.MaxValue);

    /// <summary>A moment later by some time; <see cref="Never"/> stays never.</summary>
    public static Tick operator +(Tick tick, TimeSpan span) =>
        tick == Never || span == TimeSpan.MaxValue ? Never : new(checked(tick.Value + span.Ticks));

    /// <summary>The time between two moments.</summary>
    public static TimeSpan operator -(Tick later, Tick earlier) => new(later.Value - earlier.Value);

    /// <summary>Whether one moment is before another.</summary>
    public static bool operator <(Tick left, Tick right) => left.Value < right.Value;

    /// <summary>Whether one moment is after another.</summary>
    public static bool operator >(Tick left, Tick right) => left.Value > right.Value;

    /// <summary>Whether one moment is not after another.</summary>
    public static bool operator <=(Tick left, Tick right) => left.Value <= right.Value;

    /// <summary>Whether one moment is not before another.</summary>
    public static bool operator >=(Tick left, Tick right) => left.Value >= right.Value;

    /// <summary>The earlier of two moments.</summary>
    public static Tick Min(Tick left, Tick right) => left < right ? left : right;

    /// <summary>The later of two moments.</summary>
    public static Tick Max(Tick left, Tick right) => left > right ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Tick other) => Value.CompareTo(other.Value);
}
