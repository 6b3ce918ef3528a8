using HdrHistogram;

namespace OrleansPool.Benchmarks.Reporting;

/// <summary>The percentiles that every row reports.</summary>
internal static class LatencyPercentiles
{
    /// <summary>Their names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["p50", "p99", "p99.9", "p99.99", "max"];

    /// <summary>A histogram from 1 ns to 1 minute with three digits.</summary>
    public static LongHistogram MakeHistogram() => new(60_000_000_000, 3);

    public static IReadOnlyDictionary<string, long> Of(HistogramBase histogram) => new Dictionary<string, long>
    {
        ["p50"] = histogram.GetValueAtPercentile(50),
        ["p99"] = histogram.GetValueAtPercentile(99),
        ["p99.9"] = histogram.GetValueAtPercentile(99.9),
        ["p99.99"] = histogram.GetValueAtPercentile(99.99),
        ["max"] = histogram.GetMaxValue(),
    };
}
