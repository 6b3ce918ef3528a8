using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Replay;

/// <summary>What a replay did.</summary>
internal sealed record ReplayReport(
    int Requests, long References, long Hits, long Misses, long Leases, long Exhaustions, long Frees, long BytesRead, long BytesWritten,
    long Mismatches, double Seconds, int LiveLeasesMax, Dictionary<string, LatencyReport> MicrosecondsOf);
