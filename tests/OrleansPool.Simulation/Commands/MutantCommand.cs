using System.Text.Json;
using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Runs seeds with one known mistake in the code, until it is noticed. In a process of its own, which <see cref="MutantsCommand"/> starts.</summary>
internal sealed class MutantCommand : ICommand
{
    public string Name => "mutant";

    public string Arguments => "NAME [--seeds N] [--start S]";

    public string Summary => "runs seeds with one known mistake in the code until one notices it";

    /// <summary>Puts the mistake in: first thing in the process, before any code of the core has run.</summary>
    public static void Prepare(string[] arguments)
    {
        // An exploration takes one too: its option is for showing that it would notice.
        string name = arguments is ["mutant", var first, ..] ? first : arguments is ["explore", ..] && Array.IndexOf(arguments, "--mutant") is > 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : "";
        if (Enum.TryParse<Mutation>(name, out _)) AppContext.SetData(Mutant.SettingName, name);
    }

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        HostMutation host = HostMutation.None;
        bool isKnown = arguments.Count > 0 && (Enum.TryParse<Mutation>(arguments[0], out _) || Enum.TryParse(arguments[0], out host));
        if (!isKnown)
        {
            errors.WriteLine($"Name a mutant: {string.Join(" ", MutantsCommand.Names)}");
            return ExitCode.Usage;
        }

        if (!Options.TryParse([.. arguments.Skip(1)], ["--seeds", "--start", "--silos", "--copies"], errors, out Options? options)) return ExitCode.Usage;
        ulong start = (ulong)options.Number("--start", 1);
        long count = options.Number("--seeds", 2000);
        for (long i = 0; i < count; i++)
        {
            SimOptions shape = ShapeOf(i) with { HostMutation = host };
            SeedReport report = SeedRun.Run(start + (ulong)i, shape);
            if (report.Holds) continue;
            output.WriteLine(JsonSerializer.Serialize(new { mutant = arguments[0], killed = true, seeds = i + 1, by = report.Violations[0] }, JsonSerializerOptions.Web));
            return ExitCode.Ok;
        }

        output.WriteLine(JsonSerializer.Serialize(new { mutant = arguments[0], killed = false, seeds = count, by = "" }, JsonSerializerOptions.Web));
        return ExitCode.Failed;
    }

    /// <summary>Two, three and one copies in turn.</summary>
    private static SimOptions ShapeOf(long run) => (run % 4) switch
    {
        0 => new SimOptions(),
        1 => new SimOptions { Copies = 3 },
        2 => new SimOptions { Silos = 4 },
        _ => new SimOptions { Silos = 3, Copies = 1 },
    };
}
