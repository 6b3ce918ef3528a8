using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Mixes;

/// <summary>A mix over values in a region.</summary>
internal sealed class RangeMixWorker(MemoryRange range, OperationMix mix, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _buffer = new byte[mix.ValueBytes];
    private readonly byte[] _written = KeyedBytes.Make(mix.ValueBytes, 0);
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        int valueBytes = mix.ValueBytes;
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            MixStep step = mix.Draw(_random);
            if (step == MixStep.Insert && keys is LatestKeys latest && latest.Begin() is { } added)
            {
                KeyedBytes.Mark(_written, added);
                await range.WriteAsync(added * valueBytes, _written);
                latest.Added(added);
                pace.Record(began, LoadKind.Write);
                continue;
            }

            long key = keys.Next(_random);
            if (step is MixStep.Read or MixStep.ReadModifyWrite)
            {
                int count = await range.ReadAsync(key * valueBytes, _buffer);
                KeyedBytes.Check(_buffer.AsSpan(0, count), valueBytes, key);
                if (step == MixStep.ReadModifyWrite)
                {
                    KeyedBytes.Touch(_buffer, _random);
                    await range.WriteAsync(key * valueBytes, _buffer);
                }
            }
            else
            {
                KeyedBytes.Mark(_written, key);
                await range.WriteAsync(key * valueBytes, _written);
            }

            pace.Record(began, step == MixStep.Read ? LoadKind.Read : LoadKind.Write);
        }
    }
}
