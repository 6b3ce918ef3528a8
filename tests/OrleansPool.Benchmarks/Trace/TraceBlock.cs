namespace OrleansPool.Benchmarks.Trace;

/// <summary>A block of a trace, and the place that it has now.</summary>
internal readonly record struct TraceBlock(long Id, int Slot);
