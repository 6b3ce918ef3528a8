using OrleansPool.Benchmarks.Subjects;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Trace;

/// <summary>Blocks under keys; one MGET or MSET for each request.</summary>
internal sealed class RedisTraceStore(IDatabase database, RedisKey[] names, int blockBytes) : ITraceStore
{
    private readonly BlockBuffers _buffers = new(blockBytes);

    public async Task ReadAsync(IReadOnlyList<TraceBlock> blocks)
    {
        RedisValue[] values = await database.StringGetAsync([.. blocks.Select(block => names[block.Slot])]);
        for (int i = 0; i < blocks.Count; i++) KeyedBytes.Check((byte[]?)values[i], blockBytes, blocks[i].Id);
    }

    public Task WriteAsync(IReadOnlyList<TraceBlock> blocks)
    {
        var pairs = new KeyValuePair<RedisKey, RedisValue>[blocks.Count];
        for (int i = 0; i < blocks.Count; i++)
        {
            KeyedBytes.Mark(_buffers[i], blocks[i].Id);
            pairs[i] = new KeyValuePair<RedisKey, RedisValue>(names[blocks[i].Slot], _buffers[i]);
        }

        return database.StringSetAsync(pairs);
    }
}
