using BenchmarkDotNet.Attributes;
using OrleansPool.Benchmarks.Read;

namespace OrleansPool.Benchmarks.Micro;

/// <summary>A read of 4 KiB on the silo that holds them.</summary>
[MemoryDiagnoser]
public class LocalReadBenchmark
{
    private const int BlockBytes = 4 << 10;
    private readonly byte[] _buffer = new byte[BlockBytes];
    private BenchmarkSilo? _silo;
    private MemoryLease? _lease;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _silo = new BenchmarkSilo("128MiB");
        _lease = await _silo.Fabric.LeaseAsync(BlockBytes);
    }

    [Benchmark]
    public bool TryRead() => _lease!.TryRead(0, _buffer);

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _lease!.DisposeAsync();
        _silo!.Dispose();
    }
}
