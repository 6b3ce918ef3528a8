using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>Writes one value after the other into a region.</summary>
internal sealed class RangeWriteWorker(MemoryRange range, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _buffer = KeyedBytes.Make(valueBytes, 0);
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            KeyedBytes.Mark(_buffer, key);
            await range.WriteAsync(key * valueBytes, _buffer);
            pace.Record(began, LoadKind.Write);
        }
    }
}
