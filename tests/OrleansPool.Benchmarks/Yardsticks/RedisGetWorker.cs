using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>GET of one key after the other.</summary>
internal sealed class RedisGetWorker(IDatabase database, RedisKey[] names, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            byte[]? value = await database.StringGetAsync(names[key]);
            KeyedBytes.Check(value, valueBytes, key);
            pace.Record(began, LoadKind.Read);
        }
    }
}
