using System.Diagnostics;
using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Benchmarks.Read;

/// <summary>The floor of any checked read: copies a block out of native memory and looks at the clock once.</summary>
internal struct MemcpyOperation(ArenaSlice slice, int blockBytes, int blockCount) : IAllocOperation
{
    private readonly byte[] _destination = new byte[blockBytes];
    private AccessPattern _pattern = new(blockCount);
    private long _stamp;

    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            slice.GetSpan((long)_pattern.Next() * blockBytes, blockBytes).CopyTo(_destination);
            _stamp = Stopwatch.GetTimestamp();
        }
    }
}
