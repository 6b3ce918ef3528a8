using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansPool.Simulation.Runs;

namespace OrleansPool.Simulation.Commands;

/// <summary>Runs new seeds for hours, in shapes that vary with the seed, and goes on where it was stopped.</summary>
internal sealed class SoakCommand : ICommand
{
    public string Name => "soak";

    public string Arguments => "--hours H --state FILE [--silos K] [--copies R] [--threads T]";

    public string Summary => "runs new seeds for hours, and goes on from FILE where it was stopped";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!Options.TryParse(arguments, ["--hours", "--state", "--silos", "--copies", "--threads"], errors, out Options? options)) return ExitCode.Usage;
        string path = options.Text("--state", "");
        double hours = options.Real("--hours", 0);
        if (path.Length == 0 || hours <= 0 || hours > 10_000)
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            return ExitCode.Usage;
        }

        string shape = $"silos {options.Text("--silos", "3 to 7")}, copies {options.Text("--copies", "1 to 3")}";
        if (Load(path, shape, errors) is not { } state) return ExitCode.Usage;
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        output.WriteLine($"{shape}; from seed {state.NextSeed}, {state.Totals.Seeds} seeds ran before");
        new Soak(state, path, options.ShapeOf, output).Run(
            TimeSpan.FromHours(hours), (int)Math.Max(1, options.Number("--threads", Environment.ProcessorCount)), stop.Token);
        foreach (SoakFailure failure in state.Failures) output.WriteLine($"failed: seed {failure.Seed}: {failure.Again}");
        output.WriteLine(state.Totals.Summarise(TimeSpan.FromSeconds(state.WallSeconds), listsPairs: true));
        return state.Totals is { Failed: 0, Seeds: > 0 } ? ExitCode.Ok : ExitCode.Failed;

        void Stop(PosixSignalContext signal)
        {
            // The process ends by itself, once the seeds under way are finished and written down.
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static SoakState? Load(string path, string shape, TextWriter errors)
    {
        try
        {
            SoakState state = SoakState.Load(path, shape);
            if (state.Shape == shape) return state;
            errors.WriteLine($"{path} is of a soak with {state.Shape}. Name another file for {shape}.");
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{path}: {wrong.Message} Name a file that a soak wrote, or one that does not exist yet.");
        }

        return null;
    }
}
