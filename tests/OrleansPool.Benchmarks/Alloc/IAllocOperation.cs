namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Takes a block, writes its first byte, gives it back.</summary>
internal interface IAllocOperation
{
    void Once();
}
