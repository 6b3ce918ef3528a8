namespace OrleansPool.Benchmarks.Compare;

/// <summary>The figure itself, as medians of all runs.</summary>
internal sealed record CompareMedians(double Subject, double Yardstick, string Unit);
