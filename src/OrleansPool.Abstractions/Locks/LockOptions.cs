namespace OrleansPool;

/// <summary>How a lock is taken. Immutable; one instance may serve many calls.</summary>
public sealed class LockOptions
{
    /// <summary>Most holders of a shared lock on the same bytes.</summary>
    public const int SlotsMax = 256;

    /// <summary>Most ranges that are locked together.</summary>
    public const int RangeCountMax = 16;

    /// <summary>Longest owner label in characters.</summary>
    public const int OwnerLengthMax = 128;

    /// <summary>Shortest duration that a lock may have.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest duration that a lock may have. A held lock is renewed for as long as its handle is open.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromHours(1);

    /// <summary>Longest wait.</summary>
    public static readonly TimeSpan WaitUpToMax = TimeSpan.FromDays(1);

    /// <summary>The options that apply when none are given.</summary>
    public static LockOptions Default { get; } = new();

    /// <summary>
    /// How long the lock is held after its last renewal: after this time others get it although its holder said nothing. An open
    /// handle renews itself. 15 s by default.
    /// </summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long to wait for the lock, from zero: only if it is free now. 30 s by default.</summary>
    public TimeSpan WaitUpTo { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For <see cref="LockMode.Shared"/>: how many may hold any of the bytes at once, from 1 to <see cref="SlotsMax"/>; the most
    /// when null. All who share bytes name the same number. Null for <see cref="LockMode.Exclusive"/>.
    /// </summary>
    public int? Slots { get; init; }

    /// <summary>Names the holder in reports; at most <see cref="OwnerLengthMax"/> characters.</summary>
    public string Owner { get; init; } = "";
}
