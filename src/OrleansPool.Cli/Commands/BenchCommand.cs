using System.CommandLine;
using System.Globalization;
using OrleansPool.Cli.Bench;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool bench</c>: throughput and latency of this connection.</summary>
internal static class BenchCommand
{
    private const int SlotCount = 1024;
    private const int WorkerCountMax = 4096;
    private static readonly TimeSpan DurationMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan DurationMax = TimeSpan.FromDays(1);

    public static Command Create(CommandContext context)
    {
        Option<TimeSpan> duration = Values.Option(
            "--duration", "How long to measure.", "5s", text => Values.Duration(text, DurationMin, DurationMax));
        Option<int> bytes = Values.Option("--bytes", "Bytes of one operation.", "4KiB", Values.BlockBytes);
        Option<int> outstanding = Values.Option("--outstanding", "Operations under way at once.", "64", text => Values.Count(text, WorkerCountMax));
        Option<double> reads = Values.Option("--reads", "Share of reads, from 0 to 1.", "0.9", Share);
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        var command = new Command(
            "bench", "Measure reads and writes on one lease, closed loop.\n\nExample:\n  orleanspool bench --bytes 4KiB --outstanding 1 --reads 1")
        {
            duration, bytes, outstanding, reads, pool,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            int operationBytes = parsed.GetValue(bytes);
            int workers = parsed.GetValue(outstanding);
            await using MemoryLease lease = await fabric.LeaseAsync(
                parsed.GetValue(pool)!, (long)operationBytes * SlotCount, new LeaseOptions { Owner = "bench" }, cancellationToken);
            (double elapsed, LatencyReport readReport, LatencyReport writeReport) = await new BenchRunner(lease, operationBytes, workers, parsed.GetValue(reads))
                .RunAsync(parsed.GetValue(duration), cancellationToken);
            double rate = (readReport.Count + writeReport.Count) / elapsed;
            var latencies = new Dictionary<string, LatencyReport> { ["read"] = readReport, ["write"] = writeReport };
            output.Result(
                new { operationsPerSecond = rate, bytesPerSecond = rate * operationBytes, outstanding = workers, operationBytes, microsecondsOf = latencies },
                console =>
                {
                    output.Say(FormattableString.Invariant($"{rate:0} operations/s, {ByteSize.Format((long)(rate * operationBytes))}/s, {workers} outstanding"));
                    console.Write(LatencyTable.Of(latencies));
                });
            return ExitCode.Ok;
        });
        return command;
    }

    private static double Share(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share <= 1
            ? share
            : throw new FormatException($"'{text}' is not a share: write a number from 0 to 1, such as 0.9.");
}
