using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>A call of one grain after the other.</summary>
internal sealed class GrainReadWorker(IBytesGrain[] grains, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            KeyedBytes.Check(await grains[key].GetAsync(), valueBytes, key);
            pace.Record(began, LoadKind.Read);
        }
    }
}
