namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Takes a block, writes its first byte, gives it back.</summary>
internal interface IAllocOperation
{
    /// <summary>Does it some times. The loop is inside, as it is in programs, so that no call stands between two operations.</summary>
    void Run(int count);
}
