using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Ranges of 1 MiB beside the same bytes over a bare loopback socket, and small reads beside large writes.</summary>
internal static class BulkComparisons
{
    private const int RangeBytes = 1 << 20;
    private const int RangeCount = 64;
    private const int AcknowledgementBytes = 1;
    private const int SmallBytes = 100;
    private const int SmallCount = 10_000;
    private const double SmallPerSecond = 1_000;
    private const int SmallWorkerCount = 64;
    private const int LargeBytes = 16 << 20;

    public static IEnumerable<Comparison> All()
    {
        foreach (string verb in new[] { "read", "write" })
        {
            foreach (int outstanding in new[] { 1, 4 })
            {
                foreach ((string blocks, string pool) in new[] { ("1 MiB", PoolServer.BulkPool), ("4 KiB", PoolNames.Default) })
                {
                    // Blocks of 1 MiB are what one takes for such ranges; the default ones tell what it costs not to.
                    Figure figure = Figure.Bytes;
                    yield return new Comparison(
                        $"1 MiB {verb}, {outstanding} outstanding, blocks of {blocks}", $"raw loopback copy, {outstanding} outstanding",
                        lab => RangeAsync(lab, verb, pool, outstanding), lab => SocketAsync(lab, verb, outstanding),
                        pool == PoolServer.BulkPool ? Asked.AtLeast(figure, 0.7) : Asked.Nothing(figure));
                }
            }
        }

        yield return new Comparison(
            "100-byte read while 16 MiB writes run on the same connection", "the same without them",
            async lab => new BackgroundContender(lab.Clock, await SmallAsync(lab), await LargeAsync(lab)), SmallAsync,
            Asked.AtMost(Figure.P99, 3), Asked.Nothing(Figure.P50));
    }

    private static async Task<IContender> RangeAsync(Lab lab, string verb, string pool, int outstanding)
    {
        MemoryRegion region = await lab.RegionAsync($"ranges in {pool}", pool, RangeCount, RangeBytes);
        IKeyChooser keys = new UniformKeys(RangeCount);
        return lab.Contender(
            Lab.Workers(outstanding, seed => verb == "read"
                ? new RangeReadWorker(region, RangeBytes, keys, seed)
                : new RangeWriteWorker(region, RangeBytes, keys, seed)),
            RangeBytes, lab.Pool.ProcessId);
    }

    private static Task<IContender> SocketAsync(Lab lab, string verb, int outstanding)
    {
        System.Net.Sockets.Socket socket = lab.Keep($"socket {outstanding}", lab.Loopback.Connect);
        var worker = verb == "read"
            ? new LoopbackWorker(socket, 0, RangeBytes, outstanding)
            : new LoopbackWorker(socket, RangeBytes, AcknowledgementBytes, outstanding);
        return Task.FromResult<IContender>(lab.Contender([worker], RangeBytes, lab.Loopback.ProcessId));
    }

    /// <remarks>At a fixed rate: a read that waits behind a large write makes late who comes after it, and that counts.</remarks>
    private static async Task<IContender> SmallAsync(Lab lab)
    {
        MemoryRegion region = await lab.RegionAsync("small values", PoolNames.Default, SmallCount, SmallBytes);
        IKeyChooser keys = new UniformKeys(SmallCount);
        return lab.Contender(
            Lab.Workers(SmallWorkerCount, seed => new RangeReadWorker(region, SmallBytes, keys, seed)),
            SmallBytes, SmallPerSecond, lab.Pool.ProcessId);
    }

    private static async Task<ILoadWorker> LargeAsync(Lab lab)
    {
        MemoryRegion region = await lab.RegionAsync("large values", PoolServer.BulkPool, 1, LargeBytes);
        return new RangeWriteWorker(region, LargeBytes, new UniformKeys(1), 1);
    }
}
