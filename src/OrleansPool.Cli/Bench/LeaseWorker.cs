using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Cli.Bench;

/// <summary>Reads and writes parts of one lease.</summary>
internal sealed class LeaseWorker(MemoryLease lease, int operationBytes, double readShare, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _buffer = new byte[operationBytes];
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long offset = keys.Next(_random) * operationBytes;
            bool isRead = _random.NextDouble() < readShare;
            if (isRead) await lease.ReadAsync(offset, _buffer);
            else await lease.WriteAsync(offset, _buffer);
            pace.Record(began, isRead ? LoadKind.Read : LoadKind.Write);
        }
    }
}
