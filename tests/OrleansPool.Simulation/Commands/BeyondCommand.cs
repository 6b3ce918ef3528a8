using System.Text.Json;
using OrleansPool.Simulation.Engine;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>
/// Runs beyond what the protocol is made for. With clocks that differ by more than it allows, stale reads are expected, and must be seen: a
/// simulator that sees none would not see others either. With a store that goes back in time nothing can be promised any more, and somebody
/// must raise the alarm; what went wrong before anybody could notice is counted.
/// </summary>
internal sealed class BeyondCommand : ICommand
{
    public string Name => "beyond";

    public string Arguments => "clocks|store [--seeds N] [--start S]";

    public string Summary => "runs seeds beyond what the protocol allows, and says what was seen";

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        bool isClocks = arguments.Count > 0 && arguments[0] == "clocks";
        if (!isClocks && (arguments.Count == 0 || arguments[0] != "store"))
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            return ExitCode.Usage;
        }

        if (!Options.TryParse([.. arguments.Skip(1)], ["--seeds", "--start"], errors, out Options? options)) return ExitCode.Usage;
        long count = options.Number("--seeds", 200);
        ulong start = (ulong)options.Number("--start", 1);
        int seen = 0;
        int alarmed = 0;
        int silent = 0;
        string first = "";
        for (long i = 0; i < count; i++)
        {
            ulong seed = start + (ulong)i;
            Swarm swarm = Swarm.Draw(new SeededRandom(seed)) with { ClocksAreBroken = isClocks, StoreGoesBack = !isClocks };
            SeedReport report = SeedRun.Run(seed, new SimOptions { Swarm = swarm, MustRecover = isClocks });
            if (report.IsAlarmed) alarmed++;
            if (report.Holds) continue;
            seen++;
            if (!report.IsAlarmed) silent++;
            if (first.Length == 0) first = $"seed {seed}: {report.Violations[0]}";
        }

        if (first.Length > 0) output.WriteLine(first);
        output.WriteLine(JsonSerializer.Serialize(new { beyond = arguments[0], seeds = count, violated = seen, alarmed, violatedWithoutAlarm = silent }, JsonSerializerOptions.Web));
        return (isClocks ? seen > 0 : alarmed > 0) ? ExitCode.Ok : ExitCode.Failed;
    }
}
