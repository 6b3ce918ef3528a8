using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Waiters;

/// <summary>
/// A thousand requests that wait for memory: whether they are served in order from memory that comes back one block at a time, and by how much
/// their deadlines are overshot when nothing comes back.
/// </summary>
internal sealed class WaitersCommand : IBenchmarkCommand
{
    private const string Pool = "waited-for";
    private const int BlockBytes = 4096;
    private const int WaiterCount = 1000;
    private const int WaiterCountQuick = 50;
    private const int Rounds = 10;
    private const double OvershootMillisecondsMax = 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public string Name => "waiters";

    public string Summary => "a thousand requests wait for memory: the order in which they are served, and how well deadlines are kept";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        int count = quick ? WaiterCountQuick : WaiterCount;
        using var silo = new BenchmarkSilo("64MiB", pool => pool.Pool(Pool, options => options.BlockSize("4KiB").MaxBlocksPerNode(1)));
        InOrderAsync(silo.Fabric, count / 10).GetAwaiter().GetResult();
        yield return InOrderAsync(silo.Fabric, count).GetAwaiter().GetResult();
        yield return DeadlinesAsync(silo.Fabric, count, quick ? 1 : Rounds, spread: false).GetAwaiter().GetResult();
        yield return DeadlinesAsync(silo.Fabric, count, quick ? 1 : Rounds, spread: true).GetAwaiter().GetResult();
    }

    /// <summary>The holder of the only block gives it back, and each who gets it does the same.</summary>
    private static async Task<BenchmarkRow> InOrderAsync(IMemoryFabric fabric, int count)
    {
        MemoryLease held = await fabric.LeaseAsync(Pool, BlockBytes);
        var served = new ConcurrentQueue<int>();
        var histogram = LatencyPercentiles.MakeHistogram();
        long freedAt = 0;
        Task[] waiters = [.. Enumerable.Range(0, count).Select(WaitAsync)];
        long started = Stopwatch.GetTimestamp();
        freedAt = started;
        await held.DisposeAsync();
        await Task.WhenAll(waiters);
        double each = Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
        int inOrder = served.Where((number, place) => number == place).Count();
        return new BenchmarkRow
        {
            Path = $"{count} waiters, one block: served in order",
            Threads = 1,
            Yardstick = "all of them",
            Ratio = (double)inOrder / count,
            Asked = "all, in order",
            Met = inOrder == count && served.Count == count,
            NanosecondsPerOperation = each,
            Percentiles = LatencyPercentiles.Of(histogram),
        };

        async Task WaitAsync(int number)
        {
            await using MemoryLease lease = await fabric.LeaseAsync(Pool, BlockBytes, new LeaseOptions { WaitUpTo = s_patience });
            histogram.RecordValue((long)Stopwatch.GetElapsedTime(Interlocked.Read(ref freedAt)).TotalNanoseconds);
            served.Enqueue(number);
            Interlocked.Exchange(ref freedAt, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Nothing comes back: every wait ends at its deadline.</summary>
    private static async Task<BenchmarkRow> DeadlinesAsync(IMemoryFabric fabric, int count, int rounds, bool spread)
    {
        await using MemoryLease held = await fabric.LeaseAsync(Pool, BlockBytes);
        var histogram = LatencyPercentiles.MakeHistogram();
        int early = 0;
        int served = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(WaitAsync));
        histogram.Reset();
        for (int round = 0; round < rounds; round++) await Task.WhenAll(Enumerable.Range(0, count).Select(WaitAsync));
        return new BenchmarkRow
        {
            Path = $"{count} waiters, {(spread ? "deadlines over a second" : "one deadline")}: overshoot ({early} early, {served} served)",
            Threads = 1,
            Yardstick = "the deadline",
            Ratio = histogram.GetValueAtPercentile(99) / (OvershootMillisecondsMax * 1e6),
            Asked = $"p99 <= {OvershootMillisecondsMax} ms, none early, none served",
            Met = histogram.GetValueAtPercentile(99) <= OvershootMillisecondsMax * 1e6 && early == 0 && served == 0,
            Percentiles = LatencyPercentiles.Of(histogram),
        };

        async Task WaitAsync(int number)
        {
            var wait = TimeSpan.FromMilliseconds(spread ? 200 + (number * 1000.0 / count) : 500);
            long started = Stopwatch.GetTimestamp();
            try
            {
                await (await fabric.LeaseAsync(Pool, BlockBytes, new LeaseOptions { WaitUpTo = wait })).DisposeAsync();
                Interlocked.Increment(ref served);
            }
            catch (PoolExhaustedException)
            {
                TimeSpan over = Stopwatch.GetElapsedTime(started) - wait;
                if (over < TimeSpan.Zero) Interlocked.Increment(ref early);
                lock (histogram) histogram.RecordValue(Math.Max(1, (long)over.TotalNanoseconds));
            }
        }
    }
}
