namespace OrleansPool.Cli.Bench.Load;

/// <summary>The time that a load is measured by, in nanoseconds from a start of its own. Thread-safe.</summary>
internal abstract class LoadClock
{
    public abstract long Now { get; }

    /// <summary>Ends at a time, or a little later.</summary>
    public abstract ValueTask UntilAsync(long time);
}
