using OrleansPool.Benchmarks.Subjects;

namespace OrleansPool.Benchmarks.Trace;

/// <summary>Blocks in a region; one batch for each request.</summary>
internal sealed class RangeTraceStore(IMemoryFabric fabric, MemoryRange range, int blockBytes) : ITraceStore
{
    private readonly BlockBuffers _buffers = new(blockBytes);
    private readonly List<ReadItem> _reads = [];
    private readonly List<WriteItem> _writes = [];

    public async Task ReadAsync(IReadOnlyList<TraceBlock> blocks)
    {
        _reads.Clear();
        for (int i = 0; i < blocks.Count; i++) _reads.Add(new ReadItem(range, (long)blocks[i].Slot * blockBytes, _buffers[i]));
        BatchResult<int>[] counts = await fabric.ReadManyAsync(_reads);
        for (int i = 0; i < blocks.Count; i++) KeyedBytes.Check(_buffers[i].AsSpan(0, counts[i].Value), blockBytes, blocks[i].Id);
    }

    public async Task WriteAsync(IReadOnlyList<TraceBlock> blocks)
    {
        _writes.Clear();
        for (int i = 0; i < blocks.Count; i++)
        {
            KeyedBytes.Mark(_buffers[i], blocks[i].Id);
            _writes.Add(new WriteItem(range, (long)blocks[i].Slot * blockBytes, _buffers[i]));
        }

        foreach (BatchOutcome outcome in await fabric.WriteManyAsync(_writes)) outcome.ThrowIfFailed();
    }
}
