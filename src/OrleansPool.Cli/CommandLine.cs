using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansPool.Cli.Commands;
using OrleansPool.Cli.Connection;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli;

/// <summary>The command line as a whole.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs one command line.</summary>
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        string[] args, IFabricConnector connector, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var context = new CommandContext(connector, output, error);
        var root = new RootCommand(
            "The memory of an Orleans cluster as one pool: look into it, move files in and out, replay traces, measure.\n\n"
            + "Exit codes: 0 ok, 1 failed, 2 wrong arguments, 3 no silo answers, 4 pool full, 5 memory lost, 130 cancelled.")
        {
            StatusCommand.Create(context),
            ListCommand.Create(context),
            LeasesCommand.Create(context),
            PutCommand.Create(context),
            GetCommand.Create(context),
            RemoveCommand.Create(context),
            LeaseCommand.Create(context),
            ReplayCommand.Create(context),
            BenchCommand.Create(context),
        };
        foreach (Option option in new Option[] { context.Gateway, context.Cluster }.Concat(context.Data.All).Concat([context.Json, context.Verbose])) root.Options.Add(option);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return Refuse(parsed, new CommandOutput(parsed.GetValue(context.Json), output, error));
        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration, cancellationToken);
    }

    private static int Refuse(ParseResult parsed, CommandOutput output)
    {
        output.Fail(
            new ArgumentException(string.Join(' ', parsed.Errors.Select(error => error.Message))),
            $"See '{string.Join(' ', ["orleanspool", .. Names(parsed.CommandResult), "--help"])}'.");
        return ExitCode.Usage;
    }

    /// <summary>The names of a command and of those that it belongs to, below the root.</summary>
    private static IEnumerable<string> Names(CommandResult command) => command.Parent is CommandResult parent
        ? [.. Names(parent), command.Command.Name]
        : [];
}
