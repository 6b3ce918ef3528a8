using System.Diagnostics;
using HdrHistogram;

namespace OrleansPool.Cli.Output;

/// <summary>Latencies of one kind of operation, in a histogram with three significant digits. Thread-safe.</summary>
internal sealed class Latencies
{
    private const long HighestNanoseconds = 60_000_000_000;

    private readonly LongConcurrentHistogram _histogram = new(1, HighestNanoseconds, 3);

    public long Count => _histogram.TotalCount;

    public async Task<T> MeasureAsync<T>(Func<ValueTask<T>> operation)
    {
        long started = Stopwatch.GetTimestamp();
        T result = await operation();
        Record(Stopwatch.GetElapsedTime(started));
        return result;
    }

    public void Record(TimeSpan elapsed) => _histogram.RecordValue(Math.Clamp((long)elapsed.TotalNanoseconds, 1, HighestNanoseconds));

    /// <summary>Percentiles in microseconds.</summary>
    public LatencyReport Report() => LatencyReport.Of(_histogram);
}
