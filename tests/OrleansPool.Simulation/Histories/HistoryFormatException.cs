namespace OrleansPool.Simulation.Histories;

/// <summary>A recorded history is not what its format allows.</summary>
/// <param name="file">The file.</param>
/// <param name="line">The line, from 1.</param>
/// <param name="problem">What is wrong, and what was expected.</param>
public sealed class HistoryFormatException(string file, int line, string problem) : Exception($"{file}:{line}: {problem}")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}
