using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Commands;

/// <summary>The sum of a check.</summary>
/// <param name="Files">All files named.</param>
/// <param name="Linearizable">How many are.</param>
/// <param name="NotLinearizable">How many are not.</param>
/// <param name="Unknown">How many were not decided.</param>
/// <param name="Errors">How many are missing or malformed.</param>
internal readonly record struct CheckSummary(int Files, int Linearizable, int NotLinearizable, int Unknown, int Errors)
{
    /// <summary>One file more.</summary>
    public CheckSummary With(Verdict? verdict) =>
        verdict switch
        {
            Verdict.Linearizable => this with { Files = Files + 1, Linearizable = Linearizable + 1 },
            Verdict.NotLinearizable => this with { Files = Files + 1, NotLinearizable = NotLinearizable + 1 },
            Verdict.Unknown => this with { Files = Files + 1, Unknown = Unknown + 1 },
            _ => this with { Files = Files + 1, Errors = Errors + 1 },
        };
}
