using OrleansPool.Benchmarks.Alloc;

namespace OrleansPool.Benchmarks.Read;

/// <summary>Reads a block of a lease whose bytes are in this silo, synchronously.</summary>
internal struct TryReadOperation(MemoryLease lease, int blockBytes, int blockCount) : IAllocOperation
{
    private readonly byte[] _destination = new byte[blockBytes];
    private AccessPattern _pattern = new(blockCount);

    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!lease.TryRead((long)_pattern.Next() * blockBytes, _destination)) throw new InvalidOperationException("The block is not at hand.");
        }
    }
}
