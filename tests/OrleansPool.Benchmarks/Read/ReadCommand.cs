using HdrHistogram;
using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Reporting;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Benchmarks.Read;

/// <summary>Reads of 4 KiB on the silo that holds them, beside a copy of 4 KiB and one time stamp.</summary>
internal sealed class ReadCommand : IBenchmarkCommand
{
    private const int BlockBytes = 4096;
    private const int ColdBlockCount = 8192;
    private const double TimeRatioMax = 1.5;
    private const int SampleCount = 500_000;
    private const int SampleCountQuick = 1_000;

    public string Name => "read";

    public string Summary => "read 4 KiB on the silo that holds them: TryRead and ReadAsync beside memcpy and one time stamp";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        using var silo = new BenchmarkSilo("128MiB");
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = (long)ColdBlockCount * BlockBytes });
        if (!arena.TryCarve((long)ColdBlockCount * BlockBytes, "benchmark", out ArenaSlice? slice)) throw new InvalidOperationException("The arena is too small.");
        MemoryLease lease = silo.Fabric.LeaseAsync((long)ColdBlockCount * BlockBytes).AsTask().GetAwaiter().GetResult();
        byte[] content = new byte[BlockBytes];
        for (int block = 0; block < ColdBlockCount; block++)
        {
            content.AsSpan().Fill((byte)block);
            lease.WriteAsync((long)block * BlockBytes, content).AsTask().GetAwaiter().GetResult();
            content.CopyTo(slice.GetSpan((long)block * BlockBytes, BlockBytes));
        }

        foreach ((string heat, int blocks) in new[] { ("hot", 1), ("cold", ColdBlockCount) })
        {
            var memcpy = new ManagedSubject<MemcpyOperation>($"memcpy+timestamp {heat}", new MemcpyOperation(slice, BlockBytes, blocks));
            yield return Compare(new ManagedSubject<TryReadOperation>($"TryRead {heat}", new TryReadOperation(lease, BlockBytes, blocks)), memcpy, quick);
            yield return Compare(new ManagedSubject<ReadAsyncOperation>($"ReadAsync {heat}", new ReadAsyncOperation(lease, BlockBytes, blocks)), memcpy, quick);
        }

        lease.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static BenchmarkRow Compare(IAllocSubject subject, ManagedSubject<MemcpyOperation> yardstick, bool quick)
    {
        PairedRuns runs = PairedRuns.Measure(subject, yardstick, 1, quick);
        double[] ratios = [.. runs.Pairs.Select(pair => pair.SubjectNanoseconds / pair.YardstickNanoseconds)];
        double ratio = PairedRuns.Median(ratios);
        return new BenchmarkRow
        {
            Path = subject.Name,
            Threads = 1,
            Yardstick = yardstick.Name,
            Asked = $"time <= {TimeRatioMax}x, 0 B",
            Ratio = ratio,
            Ratios = ratios,
            Met = ratio <= TimeRatioMax && runs.AllocatedBytes == 0,
            NanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.SubjectNanoseconds)]),
            YardstickNanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.YardstickNanoseconds)]),
            Percentiles = Percentiles(subject, quick),
            YardstickPercentiles = Percentiles(yardstick, quick),
            AllocatedBytes = runs.AllocatedBytes,
            GarbageCollections = runs.GarbageCollections,
            VoluntaryContextSwitches = runs.VoluntaryContextSwitches,
        };
    }

    private static IReadOnlyDictionary<string, long> Percentiles(IAllocSubject subject, bool quick)
    {
        LongHistogram histogram = LatencyPercentiles.MakeHistogram();
        foreach (long nanoseconds in subject.Sample(1, quick ? SampleCountQuick : SampleCount)) histogram.RecordValue(Math.Max(1, nanoseconds));
        return LatencyPercentiles.Of(histogram);
    }
}
