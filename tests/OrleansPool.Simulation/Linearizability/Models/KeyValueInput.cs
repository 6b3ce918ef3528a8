namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>An operation on one key.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Key">The key: the object, for the partition of a history.</param>
/// <param name="Value">What to put or append; empty for a get.</param>
public readonly record struct KeyValueInput(KeyValueOperation Kind, string Key, string Value = "");
