using OrleansPool.Benchmarks.Processes;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Debian's Redis, without persistence.</summary>
internal sealed class RedisServer : IRedisServer
{
    private readonly ChildProcess _process;
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanspool-redis-").FullName;

    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public RedisServer()
    {
        string program = InstalledProgram.Find("redis-server", "redis-server");
        Port = FreePort.Next();
        _process = ChildProcess.Start(
            program, "--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder);
        _process.ReadLine(static line => line.Contains("Ready to accept connections", StringComparison.Ordinal));
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public void Dispose()
    {
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
