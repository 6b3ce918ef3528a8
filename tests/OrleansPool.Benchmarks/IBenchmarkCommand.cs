using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks;

/// <summary>One comparison that the benchmark program can run.</summary>
internal interface IBenchmarkCommand
{
    /// <summary>The word that starts it.</summary>
    string Name { get; }

    /// <summary>One line for the usage text.</summary>
    string Summary { get; }

    /// <summary>Measures.</summary>
    /// <param name="quick">One short iteration, to show that it runs; its figures mean nothing.</param>
    IEnumerable<BenchmarkRow> Run(bool quick);
}
