using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>Writes batches of values into a region.</summary>
internal sealed class BatchWriteWorker(IMemoryFabric fabric, MemoryRange range, int valueBytes, int batchCount, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[][] _buffers = [.. Enumerable.Range(0, batchCount).Select(_ => KeyedBytes.Make(valueBytes, 0))];
    private readonly WriteItem[] _items = new WriteItem[batchCount];
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            for (int i = 0; i < batchCount; i++)
            {
                long key = keys.Next(_random);
                KeyedBytes.Mark(_buffers[i], key);
                _items[i] = new WriteItem(range, key * valueBytes, _buffers[i]);
            }

            foreach (BatchOutcome outcome in await fabric.WriteManyAsync(_items)) outcome.ThrowIfFailed();
            pace.Record(began, LoadKind.Write, batchCount);
        }
    }
}
