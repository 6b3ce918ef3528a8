namespace OrleansPool.Simulation.Linearizability;

/// <summary>What a check found.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="StepCount">How often the model was asked.</param>
/// <param name="PlacedCount">How many known operations the longest order found holds.</param>
/// <param name="Explanation">For a person: the operation that no order could place, or which bound was met. Empty if all is well.</param>
public readonly record struct CheckResult(Verdict Verdict, long StepCount, int PlacedCount, string Explanation);
