using System.Globalization;
using System.Text.Json;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Runs one seed again and says what happened in it; if it fails, looks for the faults that are enough to make it fail.</summary>
internal sealed class ReplayCommand : ICommand
{
    public string Name => "replay";

    public string Arguments => "SEED [--silos K] [--copies R] [--mutant NAME]";

    public string Summary => "runs one seed again, tells what happens, and shrinks what makes it fail";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Count == 0 || !ulong.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            return ExitCode.Usage;
        }

        if (!Options.TryParse([.. arguments.Skip(1)], ["--silos", "--copies", "--mutant"], errors, out Options? options)) return ExitCode.Usage;
        HostMutation host = Enum.TryParse(options.Text("--mutant", ""), out HostMutation named) ? named : HostMutation.None;
        SimOptions shape = options.ShapeOf(seed) with { HostMutation = host };
        SeedReport report = SeedRun.Run(seed, shape, output);
        foreach (string violation in report.Violations) output.WriteLine($"violation: {violation}");
        if (!report.Holds)
        {
            SimOptions shrunk = Shrinking.Shrink(seed, shape, report);
            SeedReport smallest = SeedRun.Run(seed, shrunk);
            output.WriteLine($"These {smallest.Strikes.Count} of {report.Strikes.Count} faults are enough:");
            foreach ((int strike, string what) in smallest.Strikes) output.WriteLine($"  {strike}: {what}");
            output.WriteLine($"violation then: {smallest.Violations[0]}");
        }

        output.WriteLine(JsonSerializer.Serialize(
            new { report.Seed, report.Holds, Violations = report.Violations.Count, report.Operations, report.Events, Hash = report.Hash.ToString("x16", CultureInfo.InvariantCulture) },
            JsonSerializerOptions.Web));
        return report.Holds ? ExitCode.Ok : ExitCode.Failed;
    }
}
