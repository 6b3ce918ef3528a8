using OrleansPool.Benchmarks.Processes;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Microsoft's Garnet, hosted by this program started once more, without persistence.</summary>
internal sealed class GarnetServer : IRedisServer
{
    /// <summary>The word that makes this program a Garnet.</summary>
    public const string Verb = "serve-garnet";

    private static readonly (string Name, string Value) CollectorOfItsHost = ("DOTNET_gcServer", "1");

    private readonly ChildProcess _process;

    public GarnetServer() => (_process, Port) = ChildProcess.StartServer(Verb, CollectorOfItsHost);

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>What the other process does.</summary>
    public static int Serve()
    {
        int port = FreePort.Next();
        using var server = new Garnet.GarnetServer(
            ["--bind", "127.0.0.1", "--port", $"{port}", "--memory", "2g", "--index", "64m", "--logger-level", "Error"]);
        server.Start();
        return ChildProcess.Serve(port);
    }

    public void Dispose() => _process.Dispose();
}
