using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Keys;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Blocks of 4 KiB, one at a time and many under way, beside the same values under keys of Redis and Garnet.</summary>
internal static class BlockComparisons
{
    public const int BlockBytes = 4 << 10;
    public const int OutstandingCount = 64;
    private const string RedisClient = "StackExchange.Redis";

    private static readonly Asked[] OneAtATime = [Asked.AtMost(Figure.P50, 0.9), Asked.AtMost(Figure.P99, 1.0)];

    public static IEnumerable<Comparison> All()
    {
        foreach ((string verb, string command) in new[] { ("read", "GET"), ("write", "SET") })
        {
            yield return new Comparison(
                Name(verb, 1), $"Redis {command}, {RedisClient}",
                lab => RangeAsync(lab, verb, 1), lab => KeysAsync(lab, lab.Redis, verb, 1), OneAtATime);
            yield return new Comparison(
                Name(verb, OutstandingCount), $"Garnet {command}, {RedisClient}",
                lab => RangeAsync(lab, verb, OutstandingCount), lab => KeysAsync(lab, lab.Garnet, verb, OutstandingCount),
                Asked.AtLeast(Figure.Throughput, 5), Asked.AtMost(Figure.P99, 0.3), Asked.AtMost(Figure.Processor, 0.5) with
                {
                    Path = $"CPU per operation, both processes, 4 KiB {verb}s",
                });
        }
    }

    public static string ReadName(int outstandingCount) => Name("read", outstandingCount);

    public static Task<MemoryRegion> BlocksAsync(Lab lab) => lab.RegionAsync("blocks", PoolNames.Default, lab.Effort.BlockCount, BlockBytes);

    public static async Task<IContender> RangeAsync(Lab lab, string verb, int workerCount)
    {
        MemoryRegion region = await BlocksAsync(lab);
        IKeyChooser keys = new UniformKeys(lab.Effort.BlockCount);
        return lab.Contender(
            Lab.Workers(workerCount, seed => verb == "read"
                ? new RangeReadWorker(region, BlockBytes, keys, seed)
                : new RangeWriteWorker(region, BlockBytes, keys, seed)),
            BlockBytes, lab.Pool.ProcessId);
    }

    private static async Task<IContender> KeysAsync(Lab lab, RedisStore store, string verb, int workerCount)
    {
        RedisKey[] names = await lab.KeepAsync(
            $"blocks of {store.Server.Port}", () => store.FillAsync("block", lab.Effort.BlockCount, BlockBytes));
        IKeyChooser keys = new UniformKeys(lab.Effort.BlockCount);
        IDatabase database = store.Database;
        return lab.Contender(
            Lab.Workers(workerCount, seed => verb == "read"
                ? new RedisGetWorker(database, names, BlockBytes, keys, seed)
                : new RedisSetWorker(database, names, BlockBytes, keys, seed)),
            BlockBytes, store.Server.ProcessId);
    }

    private static string Name(string verb, int outstandingCount) =>
        outstandingCount == 1 ? $"4 KiB {verb}, one at a time" : $"4 KiB {verb}, {outstandingCount} outstanding";
}
