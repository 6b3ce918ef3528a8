namespace OrleansPool;

/// <summary>How a lease is taken. Immutable; one instance may serve many calls.</summary>
/// <remarks>
/// Where memory is looked for, in this order; the first that has it serves:
/// <list type="number">
/// <item>the node that the chooser names first;</item>
/// <item>other nodes, one after the other, then in parts from several, if <see cref="Fallback"/> allows them;</item>
/// <item>the spill files of the same nodes, if <see cref="Spill"/> is <see cref="LeaseSpill.BeforeWait"/>;</item>
/// <item>what is given back on the first node within <see cref="WaitUpTo"/>;</item>
/// <item>the spill files, if <see cref="Spill"/> is <see cref="LeaseSpill.AfterWait"/>.</item>
/// </list>
/// Then the request ends with <see cref="PoolExhaustedException"/>. A quota is never waited for:
/// <see cref="PoolQuotaExceededException"/> comes at once.
/// </remarks>
public sealed class LeaseOptions
{
    /// <summary>Longest owner label in characters.</summary>
    public const int OwnerLengthMax = 128;

    /// <summary>Shortest duration that a lease may have.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest duration that a lease may have. A held lease is renewed for as long as its handle is open.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(7);

    /// <summary>Longest time that a request may wait.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    /// <summary>The options that apply when none are given.</summary>
    public static LeaseOptions Default { get; } = new();

    /// <summary>
    /// How long the lease lives after its last renewal. An open handle renews itself; a token that was detached lives this long
    /// unless its receiver adopts it. 30 s by default.
    /// </summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the memory may come from when the first choice has none. Any node by default.</summary>
    public LeaseFallback Fallback { get; init; } = LeaseFallback.OtherNodes;

    /// <summary>
    /// How long to wait for memory that is not there at once; zero, the default, is an error at once, and at most
    /// <see cref="WaitMax"/>. The wait ends with memory before this time or with an error at it, never later. Who waits stands in
    /// one queue on the node that the chooser named first: first come, first served, whatever the sizes, except that owners who
    /// hold their fair share of the pool or more let those below theirs go first. It holds nothing while it waits.
    /// </summary>
    public TimeSpan WaitUpTo { get; init; }

    /// <summary>Whether the memory may come from a node's spill file, and when. Never by default.</summary>
    public LeaseSpill Spill { get; init; }

    /// <summary>Names the holder in reports; at most <see cref="OwnerLengthMax"/> characters.</summary>
    public string Owner { get; init; } = "";
}
