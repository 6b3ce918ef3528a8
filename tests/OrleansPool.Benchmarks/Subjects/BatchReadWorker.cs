using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Subjects;

/// <summary>Reads batches of values from a region.</summary>
internal sealed class BatchReadWorker(IMemoryFabric fabric, MemoryRange range, int valueBytes, int batchCount, IKeyChooser keys, int seed) : ILoadWorker
{
    private readonly byte[][] _buffers = [.. Enumerable.Range(0, batchCount).Select(_ => new byte[valueBytes])];
    private readonly long[] _chosen = new long[batchCount];
    private readonly ReadItem[] _items = new ReadItem[batchCount];
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            for (int i = 0; i < batchCount; i++)
            {
                _chosen[i] = keys.Next(_random);
                _items[i] = new ReadItem(range, _chosen[i] * valueBytes, _buffers[i]);
            }

            BatchResult<int>[] counts = await fabric.ReadManyAsync(_items);
            for (int i = 0; i < batchCount; i++) KeyedBytes.Check(_buffers[i].AsSpan(0, counts[i].Value), valueBytes, _chosen[i]);
            pace.Record(began, LoadKind.Read, batchCount);
        }
    }
}
