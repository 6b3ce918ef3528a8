namespace OrleansPool.Simulation.Runs;

/// <summary>The sum over many seeds.</summary>
internal sealed class RunTotals
{
    public long Seeds { get; set; }

    public long Failed { get; set; }

    public long Operations { get; set; }

    public long Answered { get; set; }

    public long Executed { get; set; }

    public long Events { get; set; }

    public double SimulatedSeconds { get; set; }

    public long LostSegments { get; set; }

    public long CacheHits { get; set; }

    public SortedDictionary<string, long> Faults { get; init; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Pairs { get; init; } = new(StringComparer.Ordinal);

    public void Add(SeedReport report)
    {
        Seeds++;
        if (!report.Holds) Failed++;
        Operations += report.Operations;
        Answered += report.Answered;
        Executed += report.Executed;
        Events += report.Events;
        SimulatedSeconds += report.Time.TotalSeconds;
        LostSegments += report.LostSegments;
        CacheHits += report.CacheHits;
        foreach ((string fault, long count) in report.Faults) Faults[fault] = Faults.GetValueOrDefault(fault) + count;
        foreach ((string pair, long count) in report.Pairs) Pairs[pair] = Pairs.GetValueOrDefault(pair) + count;
    }

    /// <summary>One line about all.</summary>
    public object Summarise(TimeSpan wall) => new
    {
        Seeds,
        Failed,
        Operations,
        Answered,
        Executed,
        Events,
        LostSegments,
        CacheHits,
        SimulatedSeconds = Math.Round(SimulatedSeconds),
        WallSeconds = Math.Round(wall.TotalSeconds, 1),
        TimesRealTime = Math.Round(SimulatedSeconds / Math.Max(wall.TotalSeconds, 0.001)),
        Faults,
        PairsOfFaults = Pairs.Count,
    };
}
