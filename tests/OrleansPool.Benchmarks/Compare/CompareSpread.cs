namespace OrleansPool.Benchmarks.Compare;

/// <summary>How far the pairs' ratios lie apart.</summary>
internal sealed record CompareSpread(double Min, double Max, IReadOnlyList<double> Ratios);
