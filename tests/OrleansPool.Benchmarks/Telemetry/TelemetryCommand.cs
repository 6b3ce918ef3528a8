using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Telemetry;

/// <summary>What the instruments cost: the in-silo paths with all of them on and collected, beside the same paths with all of them off.</summary>
internal sealed class TelemetryCommand : IBenchmarkCommand
{
    private const int BlockBytes = 4096;
    private const int ColdBlockCount = 8192;
    private const int ReservedBlockCount = 1024;
    private const double TimeRatioMax = 1.05;
    private const int PairCount = 101;
    private static readonly TimeSpan RunTime = TimeSpan.FromMilliseconds(20);

    public string Name => "telemetry";

    public string Summary => "the in-silo paths with all instruments on and collected beside all of them off";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        using var on = new BenchmarkSilo("128MiB");
        using var off = new BenchmarkSilo("128MiB", pool => pool.Options.Instruments = false);
        MemoryLease leaseOn = Lease(on.Fabric);
        MemoryLease leaseOff = Lease(off.Fabric);
        foreach ((string heat, int blocks) in new[] { ("hot", 1), ("cold", ColdBlockCount) })
        {
            yield return Compare(
                new ManagedSubject<TryReadOperation>($"TryRead 4 KiB {heat}, on", new TryReadOperation(leaseOn, BlockBytes, blocks)),
                new ManagedSubject<TryReadOperation>($"TryRead 4 KiB {heat}, off", new TryReadOperation(leaseOff, BlockBytes, blocks)), quick);
        }

        using BlockReservation reservationOn = Reserve(on.Fabric);
        using BlockReservation reservationOff = Reserve(off.Fabric);
        yield return Compare(
            new ManagedSubject<ReservationOperation>("take+return, on", new ReservationOperation(reservationOn)),
            new ManagedSubject<ReservationOperation>("take+return, off", new ReservationOperation(reservationOff)), quick);
        leaseOn.DisposeAsync().AsTask().GetAwaiter().GetResult();
        leaseOff.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static MemoryLease Lease(IMemoryFabric fabric) =>
        fabric.LeaseAsync((long)ColdBlockCount * BlockBytes).AsTask().GetAwaiter().GetResult();

    private static BlockReservation Reserve(IMemoryFabric fabric) =>
        fabric.ReserveAsync(ReservedBlockCount).AsTask().GetAwaiter().GetResult();

    private static BenchmarkRow Compare(IAllocSubject on, IAllocSubject off, bool quick)
    {
        PairedRuns runs = PairedRuns.Measure(new CollectedSubject(on), off, 1, quick, PairCount, RunTime);
        double[] ratios = [.. runs.Pairs.Select(pair => pair.SubjectNanoseconds / pair.YardstickNanoseconds)];
        double ratio = PairedRuns.Median(ratios);
        return new BenchmarkRow
        {
            Path = on.Name,
            Threads = 1,
            Yardstick = off.Name,
            Asked = $"time <= {TimeRatioMax}x",
            Ratio = ratio,
            Ratios = ratios,
            Met = ratio <= TimeRatioMax,
            NanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.SubjectNanoseconds)]),
            YardstickNanosecondsPerOperation = PairedRuns.Median([.. runs.Pairs.Select(pair => pair.YardstickNanoseconds)]),
            AllocatedBytes = runs.AllocatedBytes,
            GarbageCollections = runs.GarbageCollections,
            VoluntaryContextSwitches = runs.VoluntaryContextSwitches,
        };
    }
}
