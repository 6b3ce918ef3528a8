using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Runs;

/// <summary>One seed, run and judged as every command that runs many of them does.</summary>
/// <param name="Report">What came of it.</param>
/// <param name="Shape">The shape it was run in.</param>
/// <param name="IsSame">Whether it came out the same twice, where it was run twice.</param>
internal sealed record SeedCheck(SeedReport Report, SimOptions Shape, bool IsSame)
{
    /// <summary>One seed in so many is run twice, and must be the same run.</summary>
    private const ulong TwiceEvery = 20;

    /// <summary>Whether all is well.</summary>
    public bool Holds => Report.Holds && IsSame;

    /// <summary>What is not well, in one line.</summary>
    public string Complaint => Report.Holds ? "it is not the same run twice" : Report.Violations[0];

    /// <summary>The one command that runs it again.</summary>
    public string Again =>
        $"dotnet run -c Release --project tests/OrleansPool.Simulation -- replay {Report.Seed} --silos {Shape.Silos} --copies {Shape.Copies}";

    /// <summary>Runs a seed.</summary>
    public static SeedCheck Run(ulong seed, SimOptions shape)
    {
        SeedReport report;
        try
        {
            report = SeedRun.Run(seed, shape);
        }
        catch (Exception thrown)
        {
            // Whatever was thrown is a find like any other: hours of seeds must not end with it.
            return new SeedCheck(SeedReport.OfThrown(seed, thrown), shape, IsSame: true);
        }

        return new SeedCheck(report, shape, seed % TwiceEvery != 0 || SeedRun.Run(seed, shape).Hash == report.Hash);
    }
}
