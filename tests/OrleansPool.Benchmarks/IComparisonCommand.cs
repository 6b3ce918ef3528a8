namespace OrleansPool.Benchmarks;

/// <summary>A command that takes words of its own and writes its own table.</summary>
internal interface IComparisonCommand
{
    /// <summary>The word that starts it.</summary>
    string Name { get; }

    /// <summary>The words that follow it, for the usage text.</summary>
    string Words { get; }

    /// <summary>One line for the usage text.</summary>
    string Summary { get; }

    /// <summary>Checks the words, and measures.</summary>
    /// <returns>Whether everything ran, whatever the figures.</returns>
    /// <exception cref="BenchmarkUsageException">The words are wrong. Nothing was measured.</exception>
    bool Run(BenchmarkArguments arguments);
}
