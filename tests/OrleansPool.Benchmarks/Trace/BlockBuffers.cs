using OrleansPool.Benchmarks.Subjects;

namespace OrleansPool.Benchmarks.Trace;

/// <summary>Buffers for the blocks of one request, kept for the next.</summary>
internal sealed class BlockBuffers(int blockBytes)
{
    private readonly List<byte[]> _buffers = [];

    public byte[] this[int index]
    {
        get
        {
            while (_buffers.Count <= index) _buffers.Add(KeyedBytes.Make(blockBytes, 0));
            return _buffers[index];
        }
    }
}
