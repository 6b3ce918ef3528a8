using OrleansPool.Benchmarks.Alloc;
using OrleansPool.Benchmarks.Read;
using OrleansPool.Benchmarks.Reporting;
using OrleansPool.Grains;

namespace OrleansPool.Benchmarks.Paths;

/// <summary>
/// Throughput and latency of both ways to the memory, in sizes from 64 B to 1 MiB, with 1 and 64 operations under way: in the silo, beside a
/// copy of the same bytes; by grain calls from another process, beside a grain call that carries nothing.
/// </summary>
internal sealed class PathsCommand : IBenchmarkCommand
{
    public const string Capacity = "256MiB";

    private const int SlotCount = 64;
    private const int PairCount = 3;
    private static readonly int[] s_sizes = [64, 4 << 10, 64 << 10, 1 << 20];
    private static readonly int[] s_outstanding = [1, 64];

    public string Name => "paths";

    public string Summary => "reads and writes in the silo and by grain calls: 64 B to 1 MiB, 1 and 64 under way";

    public IEnumerable<BenchmarkRow> Run(bool quick)
    {
        TimeSpan duration = TimeSpan.FromMilliseconds(quick ? 20 : 400);
        using (var silo = new BenchmarkSilo(Capacity))
        {
            foreach (BenchmarkRow row in Rows("in silo", silo.Fabric, Copy, duration, quick)) yield return row;
        }

        using var server = new SiloServer();
        var directory = server.Grains.GetGrain<IPoolDirectoryGrain>(IPoolDirectoryGrain.Key);
        NodeId nobody = default;
        foreach (BenchmarkRow row in Rows("grain calls", server.Fabric, (_, outstanding) => new ClosedLoop(
            "empty grain call", outstanding, _ => async () => await directory.GetStatusAsync(nobody)), duration, quick))
        {
            yield return row;
        }
    }

    private static IEnumerable<BenchmarkRow> Rows(
        string path, IMemoryFabric fabric, Func<int, int, ClosedLoop> makeYardstick, TimeSpan duration, bool quick)
    {
        foreach (int size in s_sizes)
        {
            MemoryLease lease = fabric.LeaseAsync((long)size * SlotCount).AsTask().GetAwaiter().GetResult();
            foreach (int outstanding in s_outstanding)
            {
                ClosedLoop yardstick = makeYardstick(size, outstanding);
                yield return Compare(size, Loop(path, "read", lease, size, outstanding), yardstick, duration, quick);
                yield return Compare(size, Loop(path, "write", lease, size, outstanding), yardstick, duration, quick);
            }

            lease.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static ClosedLoop Loop(string path, string verb, MemoryLease lease, int size, int outstanding) => new(
        $"{verb} {ByteSize.Format(size)} {path}", outstanding, worker =>
        {
            byte[] buffer = new byte[size];
            long offset = (long)worker * size;
            return verb == "read" ? async () => await lease.ReadAsync(offset, buffer) : () => lease.WriteAsync(offset, buffer);
        });

    private static ClosedLoop Copy(int size, int outstanding) => new($"copy {ByteSize.Format(size)}", outstanding, _ =>
    {
        byte[] from = new byte[size], to = new byte[size];
        return () =>
        {
            from.AsSpan().CopyTo(to);
            return ValueTask.CompletedTask;
        };
    });

    private static BenchmarkRow Compare(int size, ClosedLoop subject, ClosedLoop yardstick, TimeSpan duration, bool quick)
    {
        subject.Run(duration);
        yardstick.Run(duration);
        List<(double Subject, double Yardstick)> pairs = [];
        for (int pair = 0; pair < (quick ? 1 : PairCount); pair++) pairs.Add((subject.Run(duration), yardstick.Run(duration)));
        double rate = PairedRuns.Median([.. pairs.Select(pair => pair.Subject)]);
        double[] ratios = [.. pairs.Select(pair => pair.Yardstick / pair.Subject)];
        return new BenchmarkRow
        {
            Path = subject.Name,
            Threads = subject.Outstanding,
            Yardstick = yardstick.Name,
            Asked = "time, for information",
            Ratio = PairedRuns.Median(ratios),
            Ratios = ratios,
            NanosecondsPerOperation = 1e9 / rate,
            YardstickNanosecondsPerOperation = 1e9 / PairedRuns.Median([.. pairs.Select(pair => pair.Yardstick)]),
            OperationsPerSecond = rate,
            BytesPerSecond = rate * size,
            Percentiles = subject.Sample(duration),
            YardstickPercentiles = yardstick.Sample(duration),
        };
    }
}
