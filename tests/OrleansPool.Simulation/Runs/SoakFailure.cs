namespace OrleansPool.Simulation.Runs;

/// <summary>A seed that failed in a soak.</summary>
/// <param name="Seed">Which.</param>
/// <param name="What">What was wrong.</param>
/// <param name="Again">The command that runs it again.</param>
internal sealed record SoakFailure(ulong Seed, string What, string Again);
