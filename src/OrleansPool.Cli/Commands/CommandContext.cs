using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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

    public DataOptions Data { get; } = new();

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
        return new ConnectionSettings(gateways, parsed.GetValue(Cluster)!, Data.Read(parsed), parsed.GetValue(Verbose));
    }

    private static IPEndPoint ParseGateway(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        bool hasPort = ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        if (host.Length == 0 || !hasPort || port == 0)
        {
            throw new FormatException($"'{text}' is not a gateway: write a host and a port, such as {ConnectionSettings.GatewayDefault}.");
        }

        if (IPAddress.TryParse(host, out IPAddress? address)) return new IPEndPoint(address, port);
        try
        {
            // Silos listen on IPv4 unless told otherwise.
            IPAddress[] found = Dns.GetHostAddresses(host);
            return new IPEndPoint(found.FirstOrDefault(one => one.AddressFamily == AddressFamily.InterNetwork) ?? found[0], port);
        }
        catch (SocketException e)
        {
            throw new FormatException($"The host of gateway '{text}' is not known: {e.Message}.");
        }
    }
}
