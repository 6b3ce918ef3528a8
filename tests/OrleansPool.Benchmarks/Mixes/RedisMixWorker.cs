using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Mixes;

/// <summary>A mix over values under keys.</summary>
internal sealed class RedisMixWorker(IDatabase database, RedisKey[] names, OperationMix mix, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _written = KeyedBytes.Make(mix.ValueBytes, 0);
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            MixStep step = mix.Draw(_random);
            if (step == MixStep.Insert && keys is LatestKeys latest && latest.Begin() is { } added)
            {
                KeyedBytes.Mark(_written, added);
                await database.StringSetAsync(names[added], _written);
                latest.Added(added);
                pace.Record(began, LoadKind.Write);
                continue;
            }

            long key = keys.Next(_random);
            if (step is MixStep.Read or MixStep.ReadModifyWrite)
            {
                byte[]? value = await database.StringGetAsync(names[key]);
                KeyedBytes.Check(value, mix.ValueBytes, key);
                if (step == MixStep.ReadModifyWrite)
                {
                    KeyedBytes.Touch(value, _random);
                    await database.StringSetAsync(names[key], value);
                }
            }
            else
            {
                KeyedBytes.Mark(_written, key);
                await database.StringSetAsync(names[key], _written);
            }

            pace.Record(began, step == MixStep.Read ? LoadKind.Read : LoadKind.Write);
        }
    }
}
