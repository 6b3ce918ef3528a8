using OrleansPool.Benchmarks.Processes;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Debian's Redis, without persistence.</summary>
internal sealed class RedisServer : IRedisServer
{
    private readonly ChildProcess _process;

    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public RedisServer()
    {
        string program = InstalledProgram.Find("redis-server", "redis-server");
        Port = FreePort.Next();
        _process = ChildProcess.Start(
            program, "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath());
        _process.ReadLine(static line => line.Contains("Ready to accept connections", StringComparison.Ordinal));
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public void Dispose() => _process.Dispose();
}
