namespace OrleansPool.Simulation.Engine;

/// <summary>Random numbers that are the same for the same seed in every version of .NET: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to one below the bound.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>A number from one to another, both included.</summary>
    public long Between(long from, long to) => from + (long)(Next() % (ulong)(to - from + 1));

    /// <summary>A time from one to another.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to) => new(Between(from.Ticks, to.Ticks));

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int count) => count > 0 && Next() % (ulong)count == 0;

    /// <summary>True with a probability.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>One of some things.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[Below(of.Count)];

    /// <summary>A source of its own, so that what draws from it does not disturb this one.</summary>
    public SeededRandom Fork() => new(Next());
}
