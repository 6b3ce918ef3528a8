using System.Diagnostics;
using OrleansPool.Simulation.Runs;

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
        output.WriteLine($"seeds {start} to {start + (ulong)count - 1}");
        var total = new RunTotals();
        var clock = Stopwatch.StartNew();
        Parallel.For(0L, count, new ParallelOptions { MaxDegreeOfParallelism = (int)options.Number("--threads", Environment.ProcessorCount) }, i =>
        {
            SeedCheck check = SeedCheck.Run(start + (ulong)i, options.ShapeOf(start + (ulong)i));
            lock (total)
            {
                total.Add(check);
                if (check.Holds) return;
                output.WriteLine($"seed {check.Report.Seed}: {check.Complaint}");
                output.WriteLine($"  again: {check.Again}");
            }
        });
        output.WriteLine(total.Summarise(clock.Elapsed));
        return total.Failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}
