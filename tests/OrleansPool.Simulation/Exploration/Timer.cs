namespace OrleansPool.Simulation.Exploration;

/// <summary>A silo's timer fires, after time has passed.</summary>
internal sealed record Timer;
