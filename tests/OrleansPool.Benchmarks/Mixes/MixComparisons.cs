using OrleansPool.Benchmarks.Compare;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Keys;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Mixes;

/// <summary>YCSB and memtier's mix, 64 operations under way, beside Garnet and Redis through StackExchange.Redis.</summary>
internal static class MixComparisons
{
    /// <summary>Why there is no workload E.</summary>
    public const string NoScans = "it scans ranges of keys, and neither regions nor plain keys of Redis have keys in an order";

    private const int WorkerCount = 64;
    private static readonly Asked[] Asks = [Asked.AtLeast(Figure.Throughput, 2), Asked.Nothing(Figure.P99)];
    private static readonly Asked[] MemtierAsks = [Asked.Nothing(Figure.Throughput), Asked.Nothing(Figure.P99)];

    public static IEnumerable<Comparison> Ycsb()
    {
        foreach (OperationMix mix in OperationMix.Ycsb)
        {
            if (mix.Name == "YCSB F") yield return WithoutScans;
            foreach (Comparison comparison in Of(mix, Asks)) yield return comparison;
        }
    }

    public static IEnumerable<Comparison> Memtier() => Of(OperationMix.Memtier, MemtierAsks);

    public static IEnumerable<Comparison> Of(OperationMix mix) => Of(mix, Asks);

    private static Comparison WithoutScans { get; } = Comparison.Without(
        "YCSB E", "Garnet, Redis", Asked.AtLeast(Figure.Throughput, 2),
        NoScans);

    private static IEnumerable<Comparison> Of(OperationMix mix, Asked[] asks)
    {
        yield return new Comparison(
            mix.Name, "Garnet, StackExchange.Redis", lab => RangeAsync(lab, mix), lab => KeysAsync(lab, lab.Garnet, mix), asks);
        yield return new Comparison(
            mix.Name, "Redis, StackExchange.Redis", lab => RangeAsync(lab, mix), lab => KeysAsync(lab, lab.Redis, mix), asks);
    }

    private static async Task<IContender> RangeAsync(Lab lab, OperationMix mix)
    {
        // Values that share blocks are for the default pool; a record of 1 KiB has a block of its own.
        string pool = mix.ValueBytes == 1 << 10 ? PoolServer.RecordPool : PoolNames.Default;
        MemoryRegion region = await lab.RegionAsync(
            $"values of {mix.ValueBytes}", pool, lab.Effort.RecordCount, mix.ValueBytes, lab.Effort.InsertRoomCount);
        IKeyChooser keys = mix.MakeKeys(lab.Effort.RecordCount, lab.Effort.InsertRoomCount);
        return lab.Contender(Lab.Workers(WorkerCount, seed => new RangeMixWorker(region, mix, keys, seed)), mix.ValueBytes, lab.Pool.ProcessId);
    }

    private static async Task<IContender> KeysAsync(Lab lab, RedisStore store, OperationMix mix)
    {
        RedisKey[] names = await lab.KeepAsync(
            $"values of {mix.ValueBytes} in {store.Server.Port}",
            () => store.FillAsync($"value{mix.ValueBytes}", lab.Effort.RecordCount, mix.ValueBytes, lab.Effort.InsertRoomCount));
        IKeyChooser keys = mix.MakeKeys(lab.Effort.RecordCount, lab.Effort.InsertRoomCount);
        IDatabase database = store.Database;
        return lab.Contender(
            Lab.Workers(WorkerCount, seed => new RedisMixWorker(database, names, mix, keys, seed)), mix.ValueBytes, store.Server.ProcessId);
    }
}
