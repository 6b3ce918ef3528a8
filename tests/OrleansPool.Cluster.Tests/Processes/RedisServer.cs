using System.Net.Sockets;
using System.Text;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>A Redis of the test's own, on loopback, without persistence.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _folder;

    private RedisServer(ChildProcess process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static async Task<RedisServer> StartAsync()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is missing. Install Debian's package redis-server.");
        string folder = Directory.CreateTempSubdirectory("orleanspool-redis-").FullName;
        int port = FreePort.Next();
        ChildProcess process = await ChildProcess.StartAsync(
            program, "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder);
        await process.LineAsync(line => line.Contains("Ready to accept connections", StringComparison.Ordinal));
        var server = new RedisServer(process, folder, port);
        await server.PingAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PingAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
        byte[] answer = new byte[7];
        await client.GetStream().ReadExactlyAsync(answer);
        Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(answer));
    }
}
