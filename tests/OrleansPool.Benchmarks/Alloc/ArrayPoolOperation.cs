using System.Buffers;

namespace OrleansPool.Benchmarks.Alloc;

/// <summary>.NET's own pool of arrays.</summary>
internal readonly struct ArrayPoolOperation(int blockBytes) : IAllocOperation
{
    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] block = ArrayPool<byte>.Shared.Rent(blockBytes);
            block[0] = 1;
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
