using Microsoft.Extensions.Caching.Distributed;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Reads of one entry after the other from .NET's distributed cache.</summary>
internal sealed class DistributedCacheReadWorker(IDistributedCache cache, string[] names, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            KeyedBytes.Check(await cache.GetAsync(names[key]), valueBytes, key);
            pace.Record(began, LoadKind.Read);
        }
    }
}
