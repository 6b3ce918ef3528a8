namespace OrleansPool.Benchmarks.Alloc;

/// <summary>A pool under measurement. One operation takes a block, writes its first byte and gives the block back.</summary>
internal interface IAllocSubject
{
    /// <summary>What it is called in the table.</summary>
    string Name { get; }

    /// <summary>Why it cannot be measured here, or null.</summary>
    string? Skipped { get; }

    /// <summary>Runs the operations on every thread at once.</summary>
    /// <returns>Time from the common start to the end of the last thread, and bytes that the threads allocated on the managed heap.</returns>
    (TimeSpan Elapsed, long AllocatedBytes) Run(int threadCount, long operationsPerThread);

    /// <summary>Times every operation by itself.</summary>
    /// <returns>Nanoseconds of each.</returns>
    long[] Sample(int threadCount, long operationsPerThread);
}
