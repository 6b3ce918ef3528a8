using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Keys;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Batches of 64 blocks of 4 KiB beside redis-benchmark on Garnet: as many batches at once as it has connections.</summary>
internal static class BatchComparisons
{
    /// <summary>What redis-benchmark takes when it is told nothing.</summary>
    private const int ConnectionCountDefault = 50;

    public static IEnumerable<Comparison> All()
    {
        foreach (string verb in new[] { "read", "write" })
        {
            foreach (int count in new[] { 1, ConnectionCountDefault })
            {
                yield return new Comparison(
                    $"4 KiB {verb}, batches of {RedisBenchmark.PipelineCount}, {count} at a time",
                    $"redis-benchmark -P {RedisBenchmark.PipelineCount} -c {count} on Garnet",
                    lab => RangeAsync(lab, verb, count), lab => KeysAsync(lab, verb, count), Asked.AtLeast(Figure.Throughput, 1.5));
            }
        }
    }

    private static async Task<IContender> RangeAsync(Lab lab, string verb, int count)
    {
        MemoryRegion region = await BlockComparisons.BlocksAsync(lab);
        IMemoryFabric fabric = lab.Pool.Fabric;
        IKeyChooser keys = new UniformKeys(lab.Effort.BlockCount);
        return lab.Contender(
            Lab.Workers(count, seed => verb == "read"
                ? new BatchReadWorker(fabric, region, BlockComparisons.BlockBytes, RedisBenchmark.PipelineCount, keys, seed)
                : new BatchWriteWorker(fabric, region, BlockComparisons.BlockBytes, RedisBenchmark.PipelineCount, keys, seed)),
            BlockComparisons.BlockBytes, lab.Pool.ProcessId);
    }

    private static async Task<IContender> KeysAsync(Lab lab, string verb, int count)
    {
        // The names are redis-benchmark's own; what it writes there would not pass for ours.
        await lab.KeepAsync("keys of redis-benchmark", () => lab.Garnet.FillAsync("key", lab.Effort.BlockCount, BlockComparisons.BlockBytes));
        return new RedisBenchmark(
            lab.Garnet.Server.Port, verb == "read" ? "get" : "set", count, lab.Effort.BlockCount, BlockComparisons.BlockBytes);
    }
}
