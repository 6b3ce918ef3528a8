namespace OrleansPool.Benchmarks.Reporting;

/// <summary>One comparison: what was measured beside what.</summary>
internal sealed record BenchmarkRow
{
    /// <summary>What was measured.</summary>
    public required string Path { get; init; }

    /// <summary>How many threads, or operations under way, did it at once.</summary>
    public required int Threads { get; init; }

    /// <summary>What it is compared with.</summary>
    public required string Yardstick { get; init; }

    /// <summary>The median of the ratios of all pairs, or null when it was skipped.</summary>
    public double? Ratio { get; init; }

    /// <summary>The ratio of each pair, in order, to show the spread.</summary>
    public IReadOnlyList<double> Ratios { get; init; } = [];

    /// <summary>What the ratio is of, and what is asked of it.</summary>
    public required string Asked { get; init; }

    /// <summary>Whether it is as asked; null when it was skipped.</summary>
    public bool? Met { get; init; }

    /// <summary>Why it was skipped, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>Median time of one operation of what was measured, as one thread sees it, in nanoseconds.</summary>
    public double? NanosecondsPerOperation { get; init; }

    /// <summary>The same of the yardstick.</summary>
    public double? YardstickNanosecondsPerOperation { get; init; }

    /// <summary>Latencies of single operations in nanoseconds, with the cost of two time stamps in each.</summary>
    public IReadOnlyDictionary<string, long>? Percentiles { get; init; }

    /// <summary>The same of the yardstick.</summary>
    public IReadOnlyDictionary<string, long>? YardstickPercentiles { get; init; }

    /// <summary>Operations per second, of all that are under way together.</summary>
    public double? OperationsPerSecond { get; init; }

    /// <summary>Bytes per second, of all that are under way together.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>What is held, in bytes, where that is what was measured.</summary>
    public long? Bytes { get; init; }

    /// <summary>The same of the yardstick.</summary>
    public long? YardstickBytes { get; init; }

    /// <summary>Bytes allocated on the managed heap by the measured threads, in all timed runs together.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Garbage collections of any generation during the timed runs.</summary>
    public int? GarbageCollections { get; init; }

    /// <summary>Times that threads of the process gave up the processor to wait (getrusage ru_nvcsw) during the timed runs: a lower bound of the
    /// blocking system calls. Null where it is not known.</summary>
    public long? VoluntaryContextSwitches { get; init; }
}
