using HdrHistogram;
using OrleansPool.Benchmarks.Reporting;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Benchmarks.Alloc;

/// <summary>Take and return from a reservation, beside what people use today.</summary>
internal sealed class AllocCommand : IBenchmarkCommand
{
    private const int BlockBytes = 4096;
    private const int BlockCount = 1024;
    private static readonly int[] s_threadCounts = [1, 2, 4];

    public string Name => "alloc";

    public string Summary => "take and return a block: reservation beside ArrayPool, a C++ pool and Lock+Stack";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = 2L * BlockBytes * BlockCount });
        if (!Reservation.TryMake(arena, BlockBytes, BlockCount, "benchmark", out Reservation? reservation))
            throw new InvalidOperationException("The arena is too small for the reservation.");
        using (reservation)
        {
            IAllocSubject subject = new ManagedSubject<ReservationOperation>("take+return", new ReservationOperation(reservation));
            IAllocSubject inTwoCalls = new ManagedSubject<ReservationGetSpanOperation>("take+span+return", new ReservationGetSpanOperation(reservation));
            Yardstick arrayPool = new(
                new ManagedSubject<ArrayPoolOperation>("ArrayPool.Shared", new ArrayPoolOperation(BlockBytes)), 1.5, IsTimeAtMost: true, ThreadsMin: 1);
            Yardstick[] yardsticks =
            [
                arrayPool,
                new(new NativeSubject(BlockBytes, BlockCount), 10, IsTimeAtMost: false, ThreadsMin: 2),
                new(
                    new ManagedSubject<LockStackOperation>("C# Lock+Stack", new LockStackOperation(BlockBytes, BlockCount)),
                    4, IsTimeAtMost: false, ThreadsMin: 2),
            ];
            foreach (int threads in s_threadCounts)
            {
                foreach (Yardstick yardstick in yardsticks)
                    yield return Compare(subject, yardstick, threads, quick);
                yield return Compare(inTwoCalls, arrayPool, threads, quick);
            }
        }
    }

    private static BenchmarkRow Compare(IAllocSubject subject, Yardstick yardstick, int threads, bool quick)
    {
        BenchmarkRow row = new()
        {
            Path = subject.Name,
            Threads = threads,
            Yardstick = yardstick.Subject.Name,
            Asked = threads < yardstick.ThreadsMin ? "throughput, for information"
                : yardstick.IsTimeAtMost ? $"time <= {yardstick.Bound}x" : $"throughput >= {yardstick.Bound}x",
            Skipped = yardstick.Subject.Skipped,
        };
        if (row.Skipped is not null)
            return row;
        PairedRuns runs = PairedRuns.Measure(subject, yardstick.Subject, threads, quick);
        double[] ratios = [.. runs.Pairs.Select(pair => yardstick.IsTimeAtMost
            ? pair.SubjectNanoseconds / pair.YardstickNanoseconds
            : pair.YardstickNanoseconds / pair.SubjectNanoseconds)];
        double ratio = PairedRuns.Median(ratios);
        return row with
        {
            Ratio = ratio,
            Ratios = ratios,
            Met = threads < yardstick.ThreadsMin ? null : yardstick.IsTimeAtMost ? ratio <= yardstick.Bound : ratio >= yardstick.Bound,
            NanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.SubjectNanoseconds)]),
            YardstickNanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.YardstickNanoseconds)]),
            Percentiles = Percentiles(subject, threads, quick),
            YardstickPercentiles = Percentiles(yardstick.Subject, threads, quick),
            AllocatedBytes = runs.AllocatedBytes,
            GarbageCollections = runs.GarbageCollections,
            VoluntaryContextSwitches = runs.VoluntaryContextSwitches,
        };
    }

    private static IReadOnlyDictionary<string, long> Percentiles(IAllocSubject subject, int threads, bool quick)
    {
        LongHistogram histogram = LatencyPercentiles.MakeHistogram();
        foreach (long nanoseconds in subject.Sample(threads, quick ? 1_000 : 500_000))
            histogram.RecordValue(Math.Max(1, nanoseconds));
        return LatencyPercentiles.Of(histogram);
    }

    private sealed record Yardstick(IAllocSubject Subject, double Bound, bool IsTimeAtMost, int ThreadsMin);
}
