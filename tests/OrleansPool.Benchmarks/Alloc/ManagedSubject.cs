using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OrleansPool.Benchmarks.Alloc;

/// <summary>A pool that .NET threads use. The operation is a type argument, so that the loop holds it inline.</summary>
/// <typeparam name="TOperation">Take, touch, return.</typeparam>
internal sealed class ManagedSubject<TOperation>(string name, TOperation operation) : IAllocSubject
    where TOperation : struct, IAllocOperation
{
    private const int BatchOperations = 1_000;

    public string Name => name;

    public string? Skipped => null;

    public (TimeSpan Elapsed, long AllocatedBytes) Run(int threadCount, long operationsPerThread)
    {
        long allocated = 0;
        TimeSpan elapsed = RunThreads(threadCount, _ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Loop(operationsPerThread);
            Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        });
        return (elapsed, allocated);
    }

    public long[] Sample(int threadCount, long operationsPerThread)
    {
        long[] samples = new long[threadCount * operationsPerThread];
        RunThreads(threadCount, thread =>
        {
            TOperation local = operation;
            long nanosecondsPerTick = 1_000_000_000 / Stopwatch.Frequency;
            for (long i = 0; i < operationsPerThread; i++)
            {
                long start = Stopwatch.GetTimestamp();
                local.Run(1);
                samples[thread * operationsPerThread + i] = (Stopwatch.GetTimestamp() - start) * nanosecondsPerTick;
            }
        });
        return samples;
    }

    // In short batches: a method that is called often is compiled with what its profile showed, one that runs long is not.
    private void Loop(long operations)
    {
        for (long done = 0; done < operations; done += BatchOperations)
            RunBatch(operation, (int)Math.Min(BatchOperations, operations - done));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunBatch(TOperation operation, int count) => operation.Run(count);

    private TimeSpan RunThreads(int threadCount, Action<int> body)
    {
        int ready = 0;
        bool go = false;
        Thread[] threads = new Thread[threadCount];
        for (int i = 0; i < threadCount; i++)
        {
            int number = i;
            threads[i] = new Thread(() =>
            {
                operation.Run(1); // what a thread does once, it does before the clock starts
                Interlocked.Increment(ref ready);
                while (!Volatile.Read(ref go))
                    Thread.Yield();
                body(number);
            });
            threads[i].Start();
        }
        while (Volatile.Read(ref ready) < threadCount)
            Thread.Yield();
        long start = Stopwatch.GetTimestamp();
        Volatile.Write(ref go, true);
        foreach (Thread thread in threads)
            thread.Join();
        return Stopwatch.GetElapsedTime(start);
    }
}
