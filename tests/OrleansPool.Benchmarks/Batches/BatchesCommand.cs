using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Paths;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Reporting;

namespace OrleansPool.Benchmarks.Batches;

/// <summary>
/// 64 blocks of 4 KiB, each in a lease of its own, in one batch, beside the same 64 operations begun at once one by one: in the silo and
/// from another process.
/// </summary>
internal sealed class BatchesCommand : IBenchmarkCommand
{
    private const int ItemCount = 64;
    private const int ItemBytes = 4096;
    private const int PairCount = 7;

    public string Name => "batches";

    public string Summary => "64 reads, writes and leases in one batch, beside the same one by one at once";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        TimeSpan duration = TimeSpan.FromMilliseconds(quick ? 20 : 400);
        using (var silo = new BenchmarkSilo(PathsCommand.Capacity))
        {
            foreach (BenchmarkRow row in Rows("in silo", silo.Fabric, duration, quick)) yield return row;
        }

        using var server = new SiloServer();
        foreach (BenchmarkRow row in Rows("grain calls", server.Fabric, duration, quick)) yield return row;
    }

    private static IEnumerable<BenchmarkRow> Rows(string path, IMemoryFabric fabric, TimeSpan duration, bool quick)
    {
        LeaseItem[] wanted = [.. Enumerable.Repeat(new LeaseItem(PoolNames.Default, ItemBytes), ItemCount)];
        MemoryLease[] leases = [.. Wait(fabric.LeaseManyAsync(wanted)).Select(lease => lease.Value)];
        byte[][] buffers = [.. leases.Select(_ => new byte[ItemBytes])];
        ReadItem[] reads = [.. leases.Select((lease, i) => new ReadItem(lease, 0, buffers[i]))];
        WriteItem[] writes = [.. leases.Select((lease, i) => new WriteItem(lease, 0, buffers[i]))];

        yield return Compare(
            path, "read", async () => Check(await fabric.ReadManyAsync(reads), result => result.Error),
            () => AllAsync(leases, (lease, i) => lease.ReadAsync(0, buffers[i]).AsTask()), duration, quick);
        yield return Compare(
            path, "write", async () => Check(await fabric.WriteManyAsync(writes), outcome => outcome.Error),
            () => AllAsync(leases, (lease, i) => lease.WriteAsync(0, buffers[i]).AsTask()), duration, quick);
        Check(Wait(fabric.ReleaseManyAsync(leases)), outcome => outcome.Error);
        yield return Compare(
            path, "lease and release",
            async () =>
            {
                BatchResult<MemoryLease>[] taken = await fabric.LeaseManyAsync(wanted);
                Check(await fabric.ReleaseManyAsync([.. taken.Select(lease => lease.Value)]), outcome => outcome.Error);
            },
            () => AllAsync(wanted, async (item, _) => await (await fabric.LeaseAsync(item.Pool, item.Bytes)).DisposeAsync()), duration, quick);
    }

    private static void Check<T>(T[] results, Func<T, Exception?> errorOf)
    {
        foreach (T result in results)
        {
            if (errorOf(result) is { } error) throw error;
        }
    }

    private static ValueTask AllAsync<T>(T[] items, Func<T, int, Task> begin) => new(Task.WhenAll(items.Select(begin)));

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static BenchmarkRow Compare(string path, string verb, Func<ValueTask> batch, Func<ValueTask> single, TimeSpan duration, bool quick)
    {
        var subject = new ClosedLoop($"{verb} {ItemCount} x 4KiB {path}", 1, _ => batch);
        var yardstick = new ClosedLoop("one by one, at once", 1, _ => single);
        subject.Run(duration);
        yardstick.Run(duration);
        List<(double Subject, double Yardstick)> pairs = [];
        for (int pair = 0; pair < (quick ? 1 : PairCount); pair++) pairs.Add((subject.Run(duration), yardstick.Run(duration)));
        double[] ratios = [.. pairs.Select(pair => pair.Yardstick / pair.Subject)];
        double rate = PairedRuns.Median([.. pairs.Select(pair => pair.Subject)]);
        return new BenchmarkRow
        {
            Path = subject.Name,
            Threads = 1,
            Yardstick = yardstick.Name,
            Asked = "time, for information",
            Ratio = PairedRuns.Median(ratios),
            Ratios = ratios,
            NanosecondsPerOperation = 1e9 / rate,
            YardstickNanosecondsPerOperation = 1e9 / PairedRuns.Median([.. pairs.Select(pair => pair.Yardstick)]),
            OperationsPerSecond = rate * ItemCount,
            BytesPerSecond = rate * ItemCount * ItemBytes,
            Percentiles = subject.Sample(duration),
            YardstickPercentiles = yardstick.Sample(duration),
        };
    }
}
