using HdrHistogram;

namespace OrleansPool.Cli.Bench.Load;

/// <summary>What a run of a load came to.</summary>
internal sealed class LoadResult
{
    private readonly HistogramBase?[] _latencies;

    public LoadResult(IReadOnlyCollection<LoadPace> paces, double seconds, int digits)
    {
        Seconds = seconds;
        OperationCount = paces.Sum(pace => pace.OperationCount);
        _latencies = [.. Enum.GetValues<LoadKind>().Select(kind => Sum(paces.Select(pace => pace.Latencies(kind)), digits))];
        All = Sum(_latencies, digits) ?? LoadPace.MakeHistogram(digits);
    }

    public long OperationCount { get; }

    public double Seconds { get; }

    public double OperationsPerSecond => OperationCount / Seconds;

    /// <summary>Latencies of all calls, in nanoseconds.</summary>
    public HistogramBase All { get; }

    /// <summary>Latencies of one kind of call, in nanoseconds; null if there was none.</summary>
    public HistogramBase? Latencies(LoadKind kind) => _latencies[(int)kind];

    private static LongHistogram? Sum(IEnumerable<HistogramBase?> parts, int digits)
    {
        LongHistogram? sum = null;
        foreach (HistogramBase? part in parts)
        {
            if (part is not null) (sum ??= LoadPace.MakeHistogram(digits)).Add(part);
        }

        return sum;
    }
}
