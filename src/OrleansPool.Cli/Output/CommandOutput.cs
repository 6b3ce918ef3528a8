using System.Text.Json;
using Spectre.Console;

namespace OrleansPool.Cli.Output;

/// <summary>
/// Where a command's words go: what was asked for to standard output, progress and trouble to standard error; with --json one
/// object, as the last line of standard output.
/// </summary>
internal sealed class CommandOutput(bool json, TextWriter output, TextWriter error)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web);

    public bool IsJson => json;

    /// <summary>The console for tables.</summary>
    public IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    /// <summary>The console for progress bars; it draws only on a terminal.</summary>
    public IAnsiConsole Progress { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });

    /// <summary>Says something to a person.</summary>
    public void Say(string line)
    {
        if (!json) output.WriteLine(line);
    }

    /// <summary>Gives the command's result: the object with --json, else whatever <paramref name="human"/> prints.</summary>
    public void Result(object result, Action<IAnsiConsole>? human = null)
    {
        if (json) output.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        else human?.Invoke(Console);
    }

    /// <summary>Tells what went wrong.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="more">What else a person may want to read.</param>
    public void Fail(Exception e, string? more = null)
    {
        string message = e is OperationCanceledException ? "Cancelled." : e.Message;
        error.WriteLine($"orleanspool: {message}");
        if (more is not null) error.WriteLine(more);
        if (json) output.WriteLine(JsonSerializer.Serialize(new { error = message, type = e.GetType().Name }, JsonOptions));
    }
}
