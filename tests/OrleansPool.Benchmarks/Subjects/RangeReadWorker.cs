using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>Reads one value after the other from a region.</summary>
internal sealed class RangeReadWorker(MemoryRange range, int valueBytes, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[] _buffer = new byte[valueBytes];
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            int count = await range.ReadAsync(key * valueBytes, _buffer);
            KeyedBytes.Check(_buffer.AsSpan(0, count), valueBytes, key);
            pace.Record(began, LoadKind.Read);
        }
    }
}
