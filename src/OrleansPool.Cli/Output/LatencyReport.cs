namespace OrleansPool.Cli.Output;

/// <summary>Percentiles of latencies, in microseconds.</summary>
internal sealed record LatencyReport(long Count, double P50, double P90, double P99, double P999, double Max);
