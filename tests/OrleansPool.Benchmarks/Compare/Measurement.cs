namespace OrleansPool.Benchmarks.Compare;

/// <summary>What one run of a contender came to.</summary>
internal sealed class Measurement(IReadOnlyDictionary<Figure, double> figures)
{
    /// <exception cref="KeyNotFoundException">This contender does not tell it.</exception>
    public double this[Figure figure] => figures[figure];
}
