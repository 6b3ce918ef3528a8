using System.CommandLine;
using OrleansPool.Cli.Bench;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool bench</c>: throughput and latency of this connection.</summary>
internal static class BenchCommand
{
    private const int SlotCount = 1024;
    private const int WorkerCountMax = 4096;

    public static Command Create(CommandContext context)
    {
        var seconds = new Option<string>("--duration") { Description = "How long to measure.", DefaultValueFactory = _ => "5s" };
        var bytes = new Option<string>("--bytes") { Description = "Bytes of one operation.", DefaultValueFactory = _ => "4KiB" };
        var outstanding = new Option<int>("--outstanding") { Description = "Operations under way at once.", DefaultValueFactory = _ => 64 };
        var reads = new Option<double>("--reads") { Description = "Share of reads, from 0 to 1.", DefaultValueFactory = _ => 0.9 };
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        var command = new Command(
            "bench", "Measure reads and writes on one lease, closed loop.\n\nExample:\n  orleanspool bench --bytes 4KiB --outstanding 1 --reads 1")
        {
            seconds, bytes, outstanding, reads, pool,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            int operationBytes = checked((int)ByteSize.Parse(parsed.GetValue(bytes)!));
            int workers = parsed.GetValue(outstanding);
            double readShare = parsed.GetValue(reads);
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(operationBytes, "--bytes");
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers, "--outstanding");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, WorkerCountMax, "--outstanding");
            if (readShare is not (>= 0 and <= 1)) throw new FormatException($"--reads is {readShare}: the share of reads is from 0 to 1.");
            await using MemoryLease lease = await fabric.LeaseAsync(
                parsed.GetValue(pool)!, (long)operationBytes * SlotCount, new LeaseOptions { Owner = "bench" }, cancellationToken);
            (double elapsed, LatencyReport readReport, LatencyReport writeReport) = await new BenchRunner(lease, operationBytes, workers, readShare)
                .RunAsync(DurationText.Parse(parsed.GetValue(seconds)!), cancellationToken);
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
}
