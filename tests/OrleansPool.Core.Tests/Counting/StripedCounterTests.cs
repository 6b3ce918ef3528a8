using OrleansPool.Core.Counting;

namespace OrleansPool.Core.Tests.Counting;

public sealed class StripedCounterTests
{
    [Fact]
    public void More_threads_than_stripes_lose_no_count()
    {
        const int ThreadCount = ThreadNumber.CountMax + 20;
        const int CountPerThread = 2000;
        var counter = new StripedCounter();
        using var together = new Barrier(ThreadCount);
        Thread[] threads = [.. Enumerable.Range(0, ThreadCount).Select(_ => new Thread(
            () =>
            {
                counter.Count(3); // claims a stripe, while all are alive
                together.SignalAndWait();
                for (int i = 1; i < CountPerThread; i++) counter.Count(3);
            },
            maxStackSize: 256 << 10))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        Assert.Equal((ThreadCount * CountPerThread, 3L * ThreadCount * CountPerThread), counter.Read());
    }

    [Fact]
    public void One_operation_of_an_interval_is_to_be_timed()
    {
        var counter = new StripedCounter();

        Assert.Equal(3, Enumerable.Range(0, 3 * StripedCounter.SampleInterval).Count(_ => counter.Count(1)));
    }

    [Fact]
    public void What_was_not_done_is_taken_back()
    {
        var counter = new StripedCounter();
        counter.Count(10);
        counter.Count(20);
        counter.Undo(20);

        Assert.Equal((1, 10), counter.Read());
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var counter = new StripedCounter();
        counter.Count(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) counter.Count(1);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
