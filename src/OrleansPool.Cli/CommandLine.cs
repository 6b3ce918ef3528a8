using System.CommandLine;
using OrleansPool.Cli.Commands;
using OrleansPool.Cli.Connection;

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
        foreach (Option option in new Option[] { context.Gateway, context.Cluster, context.Json, context.Verbose }) root.Options.Add(option);
        ParseResult parsed = root.Parse(args);
        var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        int code = await parsed.InvokeAsync(configuration, cancellationToken);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
    }
}
