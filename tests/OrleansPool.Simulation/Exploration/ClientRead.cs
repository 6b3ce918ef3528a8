namespace OrleansPool.Simulation.Exploration;

/// <summary>An application reads the block through its silo's cache.</summary>
/// <param name="Number">Which read, from 1.</param>
internal sealed record ClientRead(int Number);
