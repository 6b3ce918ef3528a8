using HdrHistogram;

namespace OrleansPool.Cli.Output;

/// <summary>Percentiles of latencies, in microseconds.</summary>
internal sealed record LatencyReport(long Count, double P50, double P90, double P99, double P999, double Max)
{
    private const double NanosecondsPerMicrosecond = 1_000;

    /// <param name="nanoseconds">Latencies in nanoseconds; null if there were none.</param>
    public static LatencyReport Of(HistogramBase? nanoseconds) => nanoseconds is null || nanoseconds.TotalCount == 0
        ? new LatencyReport(0, 0, 0, 0, 0, 0)
        : new LatencyReport(
            nanoseconds.TotalCount, At(nanoseconds, 50), At(nanoseconds, 90), At(nanoseconds, 99), At(nanoseconds, 99.9),
            nanoseconds.GetMaxValue() / NanosecondsPerMicrosecond);

    private static double At(HistogramBase nanoseconds, double percentile) =>
        nanoseconds.GetValueAtPercentile(percentile) / NanosecondsPerMicrosecond;
}
