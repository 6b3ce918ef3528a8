namespace OrleansPool.Simulation.Exploration;

/// <summary>How much happens in an exploration.</summary>
internal sealed record Scope
{
    /// <summary>How many silos.</summary>
    public const int Silos = 3;

    /// <summary>What one step of time is: a little more than any read lease lasts, on either side of it.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(510);

    /// <summary>How many writes, all under way from the beginning.</summary>
    public int Writes { get; init; } = 2;

    /// <summary>How many reads through the cache, all under way from the beginning. Reads of a primary, and cached hits, are asked for in every state.</summary>
    public int CachedReads { get; init; }

    /// <summary>The segment has two copies, and the third silo keeps copies of its block in its cache.</summary>
    public bool HasCache => CachedReads > 0;

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

    /// <summary>The segment has two copies at first, and a third is being made.</summary>
    public bool HasJoiner { get; init; }

    /// <summary>A silo is made a member meanwhile.</summary>
    public static Scope WithJoiner { get; } = new() { HasJoiner = true, Writes = 1, Steps = 1, Late = 0 };

    /// <summary>A silo keeps copies in its cache.</summary>
    public static Scope WithCache { get; } = new() { CachedReads = 2 };

    /// <summary>Most states.</summary>
    public int StatesMax { get; init; } = 20_000_000;
}
