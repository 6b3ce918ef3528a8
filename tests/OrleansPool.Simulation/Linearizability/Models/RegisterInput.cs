namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>An operation on a register.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Value">The new value.</param>
/// <param name="Expected">The value that must be there.</param>
public readonly record struct RegisterInput(RegisterOperation Kind, long Value = 0, long Expected = 0);
