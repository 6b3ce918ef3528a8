namespace OrleansPool.Simulation.Exploration;

/// <summary>How much happens in an exploration.</summary>
internal sealed record Scope
{
    /// <summary>How many silos.</summary>
    public const int Silos = 3;

    /// <summary>How many writes, all under way from the beginning.</summary>
    public int Writes { get; init; } = 2;

    /// <summary>How many reads through the cache, all under way from the beginning. Reads of a primary, and cached hits, are asked for in every state.</summary>
    public int CachedReads { get; init; }

    /// <summary>The segment has two copies, and the third silo keeps copies of its block in its cache: from the beginning, if nothing is read through it later.</summary>
    public bool HasCache { get; init; }

    /// <summary>
    /// What one step of time is: a little more than any read lease lasts, on either side of it. One that is a little shorter than a lease shows
    /// promises that were made on the strength of others just before those ended.
    /// </summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(510);

    /// <summary>How often time passes.</summary>
    public int Steps { get; init; } = 2;

    /// <summary>How much may be under way while time passes: what is slower than leases and takeovers.</summary>
    public int Late { get; init; } = 1;

    /// <summary>Whether timers fire in any order with all else, rather than in the moment at which time passes.</summary>
    public bool HasLooseTimers { get; init; }

    /// <summary>How many silos crash.</summary>
    public int Crashes { get; init; } = 1;

    /// <summary>How often membership declares a silo dead, be it so or not.</summary>
    public int Verdicts { get; init; } = 1;

    /// <summary>Silos that may crash and be declared dead, one bit each: the primary, the first backup, and the second or the joiner.</summary>
    public int Fragile { get; init; } = 0b111;

    /// <summary>The segment has two copies at first, and a third is being made; one, and a second, if the third silo has a cache.</summary>
    public bool HasJoiner { get; init; }

    /// <summary>The place of the silo that is made a member.</summary>
    public int Joiner => HasCache ? 1 : Opening.Third;

    /// <summary>How many silos are members at first.</summary>
    public int Members => Silos - (HasJoiner ? 1 : 0) - (HasCache ? 1 : 0);

    /// <summary>A silo is made a member meanwhile.</summary>
    public static Scope WithJoiner { get; } = new() { HasJoiner = true, Writes = 1, Steps = 1, Late = 0 };

    /// <summary>A silo keeps copies in its cache.</summary>
    public static Scope WithCache { get; } = new() { HasCache = true, CachedReads = 2 };

    /// <summary>A silo is made the second member while a third keeps copies in its cache; the first is declared dead.</summary>
    public static Scope WithJoinerAndCache { get; } = new() { HasJoiner = true, HasCache = true, Writes = 1, Late = 2, Crashes = 0, Fragile = 0b001 };

    /// <summary>A copy in a cache rests on a promise that was made just before those ended which it rests on: a step is a little less than a lease.</summary>
    public static Scope WithLateGrant { get; } = new() { Step = TimeSpan.FromMilliseconds(490), HasLooseTimers = true, HasCache = true, Writes = 1, Crashes = 0, Fragile = 0b001 };

    /// <summary>Most states.</summary>
    public int StatesMax { get; init; } = 20_000_000;
}
