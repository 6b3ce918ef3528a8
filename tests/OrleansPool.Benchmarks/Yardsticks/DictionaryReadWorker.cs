using System.Collections.Concurrent;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Reads of one value after the other from a dictionary in this process, copied out as a read of fabric memory is.</summary>
internal sealed class DictionaryReadWorker(ConcurrentDictionary<string, byte[]> values, string[] names, int valueBytes, IKeyChooser keys, int seed)
    : ILoadWorker
{
    private readonly byte[] _buffer = new byte[valueBytes];
    private readonly Random _random = new(seed);

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            long key = keys.Next(_random);
            values[names[key]].CopyTo(_buffer, 0);
            KeyedBytes.Check(_buffer, valueBytes, key);
            pace.Record(began, LoadKind.Read);
        }
    }
}
