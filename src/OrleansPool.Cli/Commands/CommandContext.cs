using System.CommandLine;
using System.Net;
using OrleansPool.Cli.Connection;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary>What every command shares: the global options, the connection, the output, and what failures mean.</summary>
internal sealed class CommandContext(IFabricConnector connector, TextWriter output, TextWriter error)
{
    public Option<IPEndPoint[]> Gateway { get; } = new("--gateway")
    {
        Description = $"Gateway of a silo as HOST:PORT; may be given several times. {ConnectionSettings.GatewayDefault} by default.",
        Recursive = true,
        HelpName = "HOST:PORT",
        CustomParser = result => Values.ReadAll(result, "--gateway", ParseGateway),
    };

    public Option<string> Cluster { get; } = new("--cluster")
    {
        Description = "Id of the cluster.",
        DefaultValueFactory = _ => ConnectionSettings.ClusterDefault,
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON object as the last line.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log, and print stack traces.",
        Recursive = true,
    };

    /// <summary>Makes a command connect, do its work, and turn failures into messages and exit codes.</summary>
    public void Action(Command command, Func<ParseResult, IMemoryFabric, CommandOutput, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var commandOutput = new CommandOutput(parsed.GetValue(Json), output, error);
            try
            {
                await using FabricSession session = await connector.ConnectAsync(Settings(parsed), cancellationToken);
                return await work(parsed, session.Fabric, commandOutput, cancellationToken);
            }
            catch (Exception e)
            {
                commandOutput.Fail(e, parsed.GetValue(Verbose) ? e.ToString() : null);
                return ExitCode.Of(e);
            }
        });

    private ConnectionSettings Settings(ParseResult parsed)
    {
        IPEndPoint[] gateways = parsed.GetValue(Gateway) is { Length: > 0 } given ? given : [ParseGateway(ConnectionSettings.GatewayDefault)];
        return new ConnectionSettings(gateways, parsed.GetValue(Cluster)!, parsed.GetValue(Verbose));
    }

    private static IPEndPoint ParseGateway(string text)
    {
        string endpoint = text.Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase);
        return endpoint.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(endpoint, out IPEndPoint? parsed) && parsed.Port > 0
            ? parsed
            : throw new FormatException($"'{text}' is not a gateway: write an IP address and a port, such as {ConnectionSettings.GatewayDefault}.");
    }
}
