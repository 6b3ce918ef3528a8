namespace OrleansPool.Simulation.Linearizability;

/// <summary>How much a check may cost before its verdict is <see cref="Verdict.Unknown"/>: the problem is NP-complete.</summary>
/// <param name="StepCountMax">How often the model may be asked to do an operation.</param>
/// <param name="CacheBytesMax">About how much memory the states already visited may take.</param>
public readonly record struct CheckBudget(long StepCountMax, long CacheBytesMax)
{
    /// <summary>Seconds of work and a quarter of a gigabyte.</summary>
    public static CheckBudget Default => new(StepCountMax: 50_000_000, CacheBytesMax: 256L << 20);
}
