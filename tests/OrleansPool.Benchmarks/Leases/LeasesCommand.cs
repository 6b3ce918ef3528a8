using System.Diagnostics;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Leases;

/// <summary>
/// A million leases taken and left to run out on one node, and what this process holds afterwards. In a process of its own, so that nothing else
/// is measured.
/// </summary>
internal sealed class LeasesCommand : IBenchmarkCommand
{
    private const int LeaseCount = 1_000_000;
    private const int LeaseCountQuick = 10_000;
    private const int WarmUpCount = 300_000;
    private const int LiveMax = 40_000;
    private const int BlockBytes = 64;
    private const double GrowthRatioMax = 1.1;
    private static readonly TimeSpan s_stepMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly LeaseOptions s_short = new() { Duration = LeaseOptions.DurationMin };

    public string Name => "leases";

    public string Summary => "take a million leases and let them run out: what the process holds before and after";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        using var silo = new BenchmarkSilo("256MiB");
        TakeAndForget(silo.Fabric, quick ? LeaseCountQuick : WarmUpCount);
        (long managed, long resident) = Memory();
        int count = quick ? LeaseCountQuick : LeaseCount;
        long started = Stopwatch.GetTimestamp();
        TakeAndForget(silo.Fabric, count);
        double nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
        (long managedAfter, long residentAfter) = Memory();
        yield return Row($"managed heap after {count} leases", managed, managedAfter, nanoseconds);
        yield return Row($"resident after {count} leases", resident, residentAfter, nanoseconds);
    }

    private static BenchmarkRow Row(string path, long before, long after, double nanoseconds) => new()
    {
        Path = path,
        Threads = 1,
        Yardstick = "before them",
        Ratio = (double)after / before,
        Asked = $"bytes <= {GrowthRatioMax}x",
        Met = after <= before * GrowthRatioMax,
        NanosecondsPerOperation = nanoseconds,
        Bytes = after,
        YardstickBytes = before,
    };

    private static void TakeAndForget(IMemoryFabric fabric, int count)
    {
        for (int taken = 0; taken < count; taken++)
        {
            fabric.LeaseAsync(BlockBytes, s_short).AsTask().GetAwaiter().GetResult().Detach();
            if (taken % LiveMax == LiveMax - 1) Wait(fabric, count - taken);
        }

        Wait(fabric, 0);
    }

    /// <summary>Until all leases have run out. Asked rarely: Orleans pools what a call needs, and a busy wait would be measured too.</summary>
    private static void Wait(IMemoryFabric fabric, int left)
    {
        long started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_pollInterval);
        while (fabric.DescribeAsync().AsTask().GetAwaiter().GetResult().Nodes[0].LeasedBytes > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > s_stepMax) throw new TimeoutException($"Leases do not run out, with {left} to go.");
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (managed, Environment.WorkingSet);
    }
}
