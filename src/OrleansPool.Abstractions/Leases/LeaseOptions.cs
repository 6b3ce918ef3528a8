namespace OrleansPool;

/// <summary>How a lease is taken. Immutable; one instance may serve many calls.</summary>
public sealed class LeaseOptions
{
    /// <summary>Longest owner label in characters.</summary>
    public const int OwnerLengthMax = 128;

    /// <summary>Shortest duration that a lease may have.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest duration that a lease may have. A held lease is renewed for as long as its handle is open.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(7);

    /// <summary>The options that apply when none are given.</summary>
    public static LeaseOptions Default { get; } = new();

    /// <summary>
    /// How long the lease lives after its last renewal. An open handle renews itself; a token that was detached lives this long
    /// unless its receiver adopts it. 30 s by default.
    /// </summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the memory may come from when the first choice has none. Any node by default.</summary>
    public LeaseFallback Fallback { get; init; } = LeaseFallback.OtherNodes;

    /// <summary>Names the holder in reports; at most <see cref="OwnerLengthMax"/> characters.</summary>
    public string Owner { get; init; } = "";
}
