using System.Diagnostics;
using HdrHistogram;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Paths;

/// <summary>So many workers, each of which begins its next operation when its last one has ended.</summary>
internal sealed class ClosedLoop(string name, int outstanding, Func<int, Func<ValueTask>> makeOperation)
{
    public string Name => name;

    public int Outstanding => outstanding;

    /// <summary>Operations per second.</summary>
    public double Run(TimeSpan duration) => Measure(duration, static (operation, _) => operation());

    /// <summary>Latencies of single operations.</summary>
    public IReadOnlyDictionary<string, long> Sample(TimeSpan duration)
    {
        LongHistogram[] histograms = [.. Enumerable.Range(0, outstanding).Select(_ => LatencyPercentiles.MakeHistogram())];
        Measure(duration, async (operation, worker) =>
        {
            long started = Stopwatch.GetTimestamp();
            await operation();
            histograms[worker].RecordValue(Math.Max(1, (long)Stopwatch.GetElapsedTime(started).TotalNanoseconds));
        });
        foreach (LongHistogram other in histograms[1..]) histograms[0].Add(other);
        return LatencyPercentiles.Of(histograms[0]);
    }

    private double Measure(TimeSpan duration, Func<Func<ValueTask>, int, ValueTask> act)
    {
        long count = 0;
        long started = Stopwatch.GetTimestamp();
        Task[] workers = [.. Enumerable.Range(0, outstanding).Select(worker => Task.Run(async () =>
        {
            Func<ValueTask> operation = makeOperation(worker);
            long done = 0;
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                await act(operation, worker);
                done++;
            }

            Interlocked.Add(ref count, done);
        }))];
        Task.WaitAll(workers);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
