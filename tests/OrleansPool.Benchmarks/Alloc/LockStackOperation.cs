namespace OrleansPool.Benchmarks.Alloc;

/// <summary>The textbook pool in C#: free blocks on a stack, guarded by a lock.</summary>
internal readonly struct LockStackOperation : IAllocOperation
{
    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = new();

    public LockStackOperation(int blockBytes, int blockCount)
    {
        for (int i = 0; i < blockCount; i++)
            _free.Push(new byte[blockBytes]);
    }

    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[]? block;
            lock (_lock)
            {
                if (!_free.TryPop(out block))
                    continue;
            }
            block[0] = 1;
            lock (_lock)
                _free.Push(block);
        }
    }
}
