using System.Diagnostics;
using System.Text.Json;
using OrleansPool.Simulation.Scale;

namespace OrleansPool.Simulation.Commands;

/// <summary>
/// Shows that a large cluster costs what a small one does: messages of an operation, counted in clusters of several sizes; the spread of
/// leases; and what is copied when a node dies.
/// </summary>
internal sealed class ScaleCommand : ICommand
{
    private const int SiloCountMin = 20;
    private const int SiloCountMax = 2_000;
    private const int LeasesPerNode = 1_000;
    private const int CopiesPerNode = 120;
    private const int ZoneCount = 4;
    private const int SpreadMin = 8;
    private const double MaxToMean = 1.10;
    private const double CopiedToHeldMax = 1.2;

    public string Name => "scale";

    public string Arguments => "[--silos N] [--seed S]";

    public string Summary => "counts messages, evenness and recovery in clusters of up to N silos";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Options.TryParse(arguments, ["--silos", "--seed"], errors, out Options? options)) return ExitCode.Usage;
        long silos = options.Number("--silos", 1_000);
        if (silos is < SiloCountMin or > SiloCountMax)
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            errors.WriteLine($"  N  from {SiloCountMin} to {SiloCountMax}: fewer nodes are too few to spread a recovery over {SpreadMin}.");
            return ExitCode.Usage;
        }

        var clock = Stopwatch.StartNew();
        List<string> complaints = [];
        TrafficReport[] traffic = [.. Sizes((int)silos).Select(size => MeasureTraffic(size, output, complaints))];
        var scenario = new ScaleScenario((int)silos, (ulong)options.Number("--seed", 20));
        ScaleScenario.LeaseSpread spread = MeasureSpread(scenario, (int)silos, output, complaints);
        ScaleScenario.Recovery[] recoveries =
        [
            MeasureRecovery(scenario, (int)silos, 2, output, complaints),
            MeasureRecovery(scenario, (int)silos, 3, output, complaints),
        ];
        foreach (string complaint in complaints) output.WriteLine($"not well: {complaint}");
        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                scale = silos,
                holds = complaints.Count == 0,
                operationsCounted = traffic.Sum(report => report.Operations.Count),
                operationsAsDue = traffic.Sum(report => report.Operations.Count(operation => operation.Holds)),
                background = traffic.Select(report => report.Background),
                leases = spread.LeaseCount,
                leaseMaxToMean = Math.Round(spread.MaxToMean, 3),
                copiedToHeld = recoveries.Select(recovery => Math.Round(recovery.CopiedToHeld, 3)),
                sources = recoveries.Select(recovery => recovery.SourceCount),
                targets = recoveries.Select(recovery => recovery.TargetCount),
                seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
            },
            JsonSerializerOptions.Web));
        return complaints.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static IEnumerable<int> Sizes(int silos) => new[] { 3, 10, 100, silos }.Where(size => size <= silos).Distinct();

    private static TrafficReport MeasureTraffic(int silos, TextWriter output, List<string> complaints)
    {
        TrafficReport report = TrafficRun.Measure(silos);
        foreach (OperationTraffic operation in report.Operations) output.WriteLine(operation);
        output.WriteLine(report.Background);
        complaints.AddRange(report.Complaints);
        return report;
    }

    private static ScaleScenario.LeaseSpread MeasureSpread(ScaleScenario scenario, int silos, TextWriter output, List<string> complaints)
    {
        // A node tells its load several times a second; a fortieth of all leases taken between two times is a hundred thousand a second.
        ScaleScenario.LeaseSpread spread = scenario.PlaceLeases(silos * LeasesPerNode, fill: 0.5, Math.Max(1, silos * LeasesPerNode / 40));
        output.WriteLine(spread);
        if (spread.MaxToMean > MaxToMean || spread.RefusedCount > 0) complaints.Add($"{spread}; a node may have {MaxToMean} of the mean");
        return spread;
    }

    private static ScaleScenario.Recovery MeasureRecovery(ScaleScenario scenario, int silos, int copies, TextWriter output, List<string> complaints)
    {
        // Those who send are the dead node's partners, of which there are at most 8; those who receive may be more.
        ScaleScenario.Recovery recovery = scenario.LoseNode(silos * CopiesPerNode / copies, copies, Math.Min(ZoneCount, silos));
        output.WriteLine($"{copies} copies: {recovery}");
        if (!recovery.IsWhole || recovery.CopiedToHeld > CopiedToHeldMax || recovery.TargetCount < SpreadMin)
        {
            complaints.Add($"{copies} copies: {recovery}; {CopiedToHeldMax} of what was held may be copied, to {SpreadMin} nodes at least");
        }

        return recovery;
    }
}
