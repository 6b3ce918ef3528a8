namespace OrleansPool.Simulation.Coverage;

/// <summary>A line of a source file.</summary>
internal readonly record struct CoveredLine(string File, int Number);
