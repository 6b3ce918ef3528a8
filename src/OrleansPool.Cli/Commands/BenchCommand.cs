using System.CommandLine;
using System.Globalization;
using OrleansPool.Cli.Bench;
using OrleansPool.Cli.Bench.Keys;
using OrleansPool.Cli.Bench.Load;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool bench</c>: throughput and latency of this connection.</summary>
internal static class BenchCommand
{
    private const int SlotCount = 1024;
    private const int WorkerCountMax = 4096;
    private const int RateMax = 10_000_000;
    private const string UniformName = "uniform";
    private const string ZipfianName = "zipfian";
    private static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan DurationMax = TimeSpan.FromDays(1);

    public static Command Create(CommandContext context)
    {
        Option<TimeSpan> duration = Values.Option(
            "--duration", "How long to measure.", "5s", text => Values.Duration(text, DurationMin, DurationMax));
        Option<int> bytes = Values.Option("--bytes", "Bytes of one operation.", "4KiB", Values.BlockBytes);
        Option<int> outstanding = Values.Option("--outstanding", "Operations under way at once.", "64", text => Values.Count(text, WorkerCountMax));
        Option<double> reads = Values.Option("--reads", "Share of reads, from 0 to 1.", "0.9", Share);
        Option<string> keys = Values.Option("--keys", "Which parts are used: uniform, or zipfian as in YCSB.", UniformName, KeysName);
        Option<double?> rate = Values.Option<double?>(
            "--rate", "Operations that arrive each second, whether or not earlier ones have ended; closed loop if not given.", "", Rate);
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        var command = new Command(
            "bench",
            "Measure reads and writes on one lease.\n\nExamples:\n  orleanspool bench --bytes 4KiB --outstanding 1 --reads 1\n  orleanspool bench --keys zipfian --rate 5000")
        {
            duration, bytes, outstanding, reads, keys, rate, pool,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            int operationBytes = parsed.GetValue(bytes);
            int workers = parsed.GetValue(outstanding);
            await using MemoryLease lease = await fabric.LeaseAsync(
                parsed.GetValue(pool)!, (long)operationBytes * SlotCount, new LeaseOptions { Owner = "bench" }, cancellationToken);
            IKeyChooser chooser = parsed.GetValue(keys) == ZipfianName ? new ScrambledZipfianKeys(SlotCount) : new UniformKeys(SlotCount);
            ILoadWorker[] load =
                [.. Enumerable.Range(0, workers).Select(seed => new LeaseWorker(lease, operationBytes, parsed.GetValue(reads), chooser, seed))];
            using var clock = new SystemLoadClock();
            Task<LoadResult> run = parsed.GetValue(rate) is { } arrivals
                ? LoadRun.OpenAsync(clock, load, parsed.GetValue(duration), arrivals, cancellationToken)
                : LoadRun.ClosedAsync(clock, load, parsed.GetValue(duration), cancellationToken);
            LoadResult result = await run;
            cancellationToken.ThrowIfCancellationRequested();
            double reached = result.OperationsPerSecond;
            var latencies = new Dictionary<string, LatencyReport>
            {
                ["read"] = LatencyReport.Of(result.Latencies(LoadKind.Read)),
                ["write"] = LatencyReport.Of(result.Latencies(LoadKind.Write)),
            };
            output.Result(
                new { operationsPerSecond = reached, bytesPerSecond = reached * operationBytes, outstanding = workers, operationBytes, microsecondsOf = latencies },
                console =>
                {
                    output.Say(FormattableString.Invariant($"{reached:0} operations/s, {ByteSize.Format((long)(reached * operationBytes))}/s, {workers} outstanding"));
                    console.Write(LatencyTable.Of(latencies));
                });
            return ExitCode.Ok;
        });
        return command;
    }

    private static string KeysName(string text) =>
        text is UniformName or ZipfianName ? text : throw new FormatException($"'{text}' is no way to draw keys: write {UniformName} or {ZipfianName}.");

    private static double? Rate(string text) => text.Length == 0
        ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double rate) && rate is >= 1 and <= RateMax
            ? rate
            : throw new FormatException($"'{text}' is not a rate: write operations a second, from 1 to {RateMax}.");

    private static double Share(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share <= 1
            ? share
            : throw new FormatException($"'{text}' is not a share: write a number from 0 to 1, such as 0.9.");
}
