using System.Diagnostics;
using System.Text.Json;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Runs seeds, one after the other on each processor.</summary>
internal sealed class RunCommand : ICommand
{
    public string Name => "run";

    public string Arguments => "--start S --seeds N [--silos K] [--copies R] [--threads T]";

    public string Summary => "runs seeds and says of each that fails how to run it again";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Options.TryParse(arguments, ["--start", "--seeds", "--silos", "--copies", "--threads"], errors, out Options? options)) return ExitCode.Usage;
        ulong start = (ulong)options.Number("--start", 1);
        long count = options.Number("--seeds", 100);
        SimOptions shape = options.Shape();
        var total = new RunTotals();
        var clock = Stopwatch.StartNew();
        Parallel.For(0L, count, new ParallelOptions { MaxDegreeOfParallelism = (int)options.Number("--threads", Environment.ProcessorCount) }, i =>
        {
            ulong seed = start + (ulong)i;
            SeedReport report = SeedRun.Run(seed, shape);
            bool isSame = seed % 20 != 0 || SeedRun.Run(seed, shape).Hash == report.Hash;
            lock (total)
            {
                total.Add(report);
                if (!isSame) total.Failed++;
                if (!isSame) output.WriteLine($"seed {seed} is not the same twice");
                if (report.Holds) return;
                output.WriteLine($"seed {seed}: {report.Violations[0]}");
                output.WriteLine($"  again: dotnet run -c Release --project tests/OrleansPool.Simulation -- replay {seed}{options.ShapeText}");
            }
        });
        output.WriteLine(JsonSerializer.Serialize(total.Summarise(clock.Elapsed), JsonSerializerOptions.Web));
        return total.Failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}
