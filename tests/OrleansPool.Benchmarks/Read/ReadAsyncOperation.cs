using OrleansPool.Benchmarks.Alloc;

namespace OrleansPool.Benchmarks.Read;

/// <summary>Reads a block of a lease whose bytes are in this silo, through the asynchronous face.</summary>
internal struct ReadAsyncOperation(MemoryLease lease, int blockBytes, int blockCount) : IAllocOperation
{
    private readonly byte[] _destination = new byte[blockBytes];
    private AccessPattern _pattern = new(blockCount);

    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ValueTask<int> read = lease.ReadAsync((long)_pattern.Next() * blockBytes, _destination);
            if (!read.IsCompletedSuccessfully || read.Result != blockBytes) throw new InvalidOperationException("The block is not at hand.");
        }
    }
}
