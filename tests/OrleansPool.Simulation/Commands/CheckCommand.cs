using System.Text.Json;
using OrleansPool.Simulation.Histories;
using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Commands;

/// <summary>Checks recorded histories, one line a file.</summary>
internal sealed class CheckCommand(CheckBudget budget) : ICommand
{
    /// <inheritdoc/>
    public string Name => "check";

    /// <inheritdoc/>
    public string Arguments => "FILE...";

    /// <inheritdoc/>
    public string Summary => "says of each recorded history whether it is linearizable";

    /// <inheritdoc/>
    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Count == 0 || arguments.Any(argument => argument.StartsWith('-')))
        {
            errors.WriteLine($"Usage: OrleansPool.Simulation {Name} {Arguments}");
            errors.WriteLine("  FILE  a log of Jepsen about one register, or a history of a key-value store. A name that begins with - is written ./-name.");
            return ExitCode.Usage;
        }

        var summary = new CheckSummary();
        foreach (string path in arguments) summary = summary.With(Check(path, output, errors));
        output.WriteLine(JsonSerializer.Serialize(summary, JsonSerializerOptions.Web));
        return summary.Linearizable == summary.Files ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <returns>Null if there is no history to have a verdict.</returns>
    private Verdict? Check(string path, TextWriter output, TextWriter errors)
    {
        try
        {
            CheckResult result = HistoryFile.Check(path, budget);
            output.WriteLine($"{Path.GetFileName(path)} {Word(result.Verdict)}");
            if (result.Verdict == Verdict.Unknown)
                errors.WriteLine($"{path}: {result.Explanation}. Not a pass: check a shorter part of the history.");
            return result.Verdict;
        }
        catch (HistoryFormatException wrong)
        {
            errors.WriteLine($"{wrong.Message}. Correct the line or leave the file out.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine($"{path}: {wrong.Message} Name a file that exists and can be read.");
        }

        return null;
    }

    private static string Word(Verdict verdict) =>
        verdict switch { Verdict.Linearizable => "linearizable", Verdict.NotLinearizable => "not-linearizable", _ => "unknown" };
}
