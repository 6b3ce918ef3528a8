namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>What a register answers.</summary>
/// <param name="Done">False if a comparison failed.</param>
/// <param name="Value">The value read; null if there was none, and for operations that read nothing.</param>
public readonly record struct RegisterOutput(bool Done, long? Value = null);
