using System.Diagnostics;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Bench;

/// <summary>A closed loop on one lease: so many workers, each of which reads or writes as soon as its last operation ended.</summary>
internal sealed class BenchRunner(MemoryLease lease, int operationBytes, int workers, double readShare)
{
    private readonly Latencies _reads = new();
    private readonly Latencies _writes = new();

    public async Task<(double Seconds, LatencyReport Reads, LatencyReport Writes)> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = Stopwatch.StartNew();
        stop.CancelAfter(duration);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => WorkAsync(worker, stop.Token), CancellationToken.None)));
        cancellationToken.ThrowIfCancellationRequested();
        return (watch.Elapsed.TotalSeconds, _reads.Report(), _writes.Report());
    }

    private async Task WorkAsync(int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        byte[] buffer = new byte[operationBytes];
        long slots = lease.Length / operationBytes;
        while (!stop.IsCancellationRequested)
        {
            long offset = random.NextInt64(slots) * operationBytes;
            if (random.NextDouble() < readShare)
            {
                await _reads.MeasureAsync(() => lease.ReadAsync(offset, buffer, CancellationToken.None));
            }
            else
            {
                await _writes.MeasureAsync(async () =>
                {
                    await lease.WriteAsync(offset, buffer, CancellationToken.None);
                    return true;
                });
            }
        }
    }
}
