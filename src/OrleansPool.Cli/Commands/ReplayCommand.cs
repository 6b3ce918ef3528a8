using System.CommandLine;
using OrleansPool.Cli.Output;
using OrleansPool.Cli.Replay;
using Spectre.Console;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool replay</c>: a real trace as load.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommandContext context)
    {
        var trace = new Argument<string>("TRACE") { Description = "The trace: one JSON object a line, with timestamp and hash_ids." };
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        Option<int> blockBytes = Values.Option("--block-bytes", "Size of a block of the trace.", "4KiB", Values.BlockBytes);
        Option<int> limit = Values.Option("--limit", "Most requests to replay.", $"{int.MaxValue}", text => Values.Count(text, int.MaxValue));
        var command = new Command(
            "replay",
            "Replay a trace: blocks are read and checked, or leased and written; the oldest is freed when the pool is full.\n\nExample:\n  orleanspool replay mooncake_conversation.jsonl --json")
        {
            trace, pool, blockBytes, limit,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            PoolNames.ValidatePool(parsed.GetValue(pool), "--pool");
            List<long[]> requests = await TraceReader.ReadAsync(parsed.GetValue(trace)!, parsed.GetValue(limit), cancellationToken);
            ReplayReport report = await ProgressBar.OverItemsAsync(
                output, "references", requests.Sum(request => (long)request.Length),
                done => new Replayer(fabric, parsed.GetValue(pool)!, parsed.GetValue(blockBytes)).RunAsync(requests, done, cancellationToken));
            output.Result(report, console => Print(console, report));
            return report.Mismatches == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static void Print(IAnsiConsole console, ReplayReport report)
    {
        console.WriteLine(FormattableString.Invariant(
            $"{report.Requests} requests, {report.References} references: {report.Hits} hits ({(double)report.Hits / Math.Max(1, report.References):P2}), {report.Misses} misses"));
        console.WriteLine(FormattableString.Invariant(
            $"{report.Leases} leases (at most {report.LiveLeasesMax} at once), {report.Exhaustions} times full, {report.Frees} freed to make room"));
        console.WriteLine(FormattableString.Invariant(
            $"{ByteSize.Format(report.BytesRead)} read and checked, {ByteSize.Format(report.BytesWritten)} written, {report.Mismatches} mismatches, {report.Seconds:0.0} s"));
        console.Write(LatencyTable.Of(report.MicrosecondsOf));
    }
}
