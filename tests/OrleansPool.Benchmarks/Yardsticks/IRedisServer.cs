namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>A server that speaks Redis' protocol, in a process of its own.</summary>
internal interface IRedisServer : IDisposable
{
    int Port { get; }

    int ProcessId { get; }
}
