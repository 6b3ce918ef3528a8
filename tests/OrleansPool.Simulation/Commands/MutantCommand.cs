using System.Text.Json;
using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Commands;

/// <summary>Runs seeds with one known mistake in the code, until it is noticed; where they do not notice it, a story must go otherwise than told. In a process of its own, which <see cref="MutantsCommand"/> starts.</summary>
internal sealed class MutantCommand : ICommand
{
    public string Name => "mutant";

    public string Arguments => "NAME [--seeds N] [--start S]";

    public string Summary => "runs seeds with one known mistake in the code until one notices it, and then tells the stories";

    /// <summary>Puts the mistake in: first thing in the process, before any code of the core has run.</summary>
    public static void Prepare(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--mutant");
        string? name = arguments is ["mutant", var first, ..] ? first : at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
        if (Enum.TryParse<Mutation>(name, out _)) AppContext.SetData(Mutant.SettingName, name);
        if (Enum.TryParse<HostMutation>(name, out _)) AppContext.SetData(HostMutations.SettingName, name);
    }

    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        bool isKnown = arguments.Count > 0 && (Enum.TryParse<Mutation>(arguments[0], out _) || Enum.TryParse<HostMutation>(arguments[0], out _));
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
            SeedReport report = SeedRun.Run(start + (ulong)i, options.ShapeOf(start + (ulong)i));
            if (report.Holds) continue;
            output.WriteLine(JsonSerializer.Serialize(new { mutant = arguments[0], killed = true, seeds = i + 1, by = report.Violations[0] }, JsonSerializerOptions.Web));
            return ExitCode.Ok;
        }

        (string Story, string What)? otherwise = StoriesCommand.FirstThatGoesOtherwise();
        output.WriteLine(JsonSerializer.Serialize(
            new { mutant = arguments[0], killed = otherwise is not null, seeds = count, by = otherwise is { } told ? $"story {told.Story}" : "" }, JsonSerializerOptions.Web));
        return otherwise is not null ? ExitCode.Ok : ExitCode.Failed;
    }
}
