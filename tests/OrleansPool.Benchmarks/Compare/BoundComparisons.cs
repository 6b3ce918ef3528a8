using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Reads of 4 KiB beside what else people use, and beside what cannot be beaten. Nothing is asked of them.</summary>
internal static class BoundComparisons
{
    private const int FillsAtOnce = 64;
    private static readonly int[] OutstandingCounts = [1, BlockComparisons.OutstandingCount];

    public static IEnumerable<Comparison> All()
    {
        foreach (int count in OutstandingCounts)
        {
            yield return Make(count, "a grain that holds byte[]", lab => GrainsAsync(lab, count));
            yield return Make(count, "IDistributedCache on Redis", lab => CacheAsync(lab, count));
            yield return Make(count, "raw loopback echo", lab => EchoAsync(lab, count));
        }

        yield return Make(1, "ConcurrentDictionary<string, byte[]> in this process", DictionaryAsync);
    }

    private static Comparison Make(int count, string yardstick, Func<Lab, Task<IContender>> against) => new(
        BlockComparisons.ReadName(count), yardstick, lab => BlockComparisons.RangeAsync(lab, "read", count), against,
        Asked.Nothing(Figure.Throughput), Asked.Nothing(Figure.P50), Asked.Nothing(Figure.P99));

    private static async Task<IContender> GrainsAsync(Lab lab, int count)
    {
        IBytesGrain[] grains = await lab.KeepAsync(
            "filled grains", () => lab.Grains.FillAsync(lab.Effort.BlockCount, BlockComparisons.BlockBytes));
        return Contender(lab, count, (keys, seed) => new GrainReadWorker(grains, BlockComparisons.BlockBytes, keys, seed), lab.Grains.ProcessId);
    }

    private static async Task<IContender> CacheAsync(Lab lab, int count)
    {
        string[] names = Names(lab);
        IDistributedCache cache = await lab.KeepAsync("distributed cache", async () =>
        {
            IDistributedCache made = lab.Keep("cache on Redis", () => new RedisCache(
                new RedisCacheOptions { Configuration = $"127.0.0.1:{lab.Redis.Server.Port}", InstanceName = "cache:" }));
            for (int from = 0; from < names.Length; from += FillsAtOnce)
            {
                await Task.WhenAll(Enumerable.Range(from, Math.Min(FillsAtOnce, names.Length - from))
                    .Select(key => made.SetAsync(names[key], KeyedBytes.Make(BlockComparisons.BlockBytes, key))));
            }

            return made;
        });
        return Contender(
            lab, count, (keys, seed) => new DistributedCacheReadWorker(cache, names, BlockComparisons.BlockBytes, keys, seed), lab.Redis.Server.ProcessId);
    }

    private static Task<IContender> EchoAsync(Lab lab, int count)
    {
        System.Net.Sockets.Socket socket = lab.Keep($"socket {count}", lab.Loopback.Connect);
        return Task.FromResult<IContender>(lab.Contender(
            [new LoopbackWorker(socket, 0, BlockComparisons.BlockBytes, count)], BlockComparisons.BlockBytes, lab.Loopback.ProcessId));
    }

    private static Task<IContender> DictionaryAsync(Lab lab)
    {
        string[] names = Names(lab);
        var values = new ConcurrentDictionary<string, byte[]>(
            names.Select((name, key) => KeyValuePair.Create(name, KeyedBytes.Make(BlockComparisons.BlockBytes, key))));
        return Task.FromResult<IContender>(
            Contender(lab, 1, (keys, seed) => new DictionaryReadWorker(values, names, BlockComparisons.BlockBytes, keys, seed)));
    }

    private static LoadContender Contender(Lab lab, int count, Func<IKeyChooser, int, ILoadWorker> make, params int[] serverIds)
    {
        IKeyChooser keys = new UniformKeys(lab.Effort.BlockCount);
        return lab.Contender(Lab.Workers(count, seed => make(keys, seed)), BlockComparisons.BlockBytes, serverIds);
    }

    private static string[] Names(Lab lab) =>
        lab.Keep("names", () => Enumerable.Range(0, lab.Effort.BlockCount).Select(key => key.ToString(CultureInfo.InvariantCulture)).ToArray());
}
