using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>SET of one key after the other.</summary>
internal sealed class RedisSetWorker(IDatabase database, RedisKey[] names, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _buffer = KeyedBytes.Make(valueBytes, 0);
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            KeyedBytes.Mark(_buffer, key);
            await database.StringSetAsync(names[key], _buffer);
            pace.Record(began, LoadKind.Write);
        }
    }
}
