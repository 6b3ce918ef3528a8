using System.Globalization;
using System.Text.Json;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

/// <summary>A real hour of a conversation service, replayed against the silo as it starts without configuration.</summary>
public sealed class ReplayTests
{
    private const string Trace = "mooncake_conversation.jsonl";

    // First in, first out over 65,536 blocks: what 256 MiB hold in blocks of 4 KiB, if nothing else took any of it.
    private const long ReferenceCount = 288_500;
    private const long HitsOfReference = 100_643;
    private const double DifferenceMax = 0.01;

    [Fact]
    public async Task The_trace_hits_as_often_as_first_in_first_out_does_and_every_block_is_as_it_was_written()
    {
        string trace = Path.Combine(Repository.Root, "..", "shared", "data", "traces", Trace);
        if (!File.Exists(trace)) Assert.Skip($"The trace is not on this machine: {Path.GetFullPath(trace)} is missing.");
        await using SiloProcess silo = await SiloProcess.StartAsync("one", "replay");

        await using ChildProcess tool = await ChildProcess.RunAsync(
            "dotnet", Repository.Tool, "replay", trace, "--gateway", silo.Gateway, "--cluster", "replay", "--json");

        Assert.True(await tool.ExitCodeAsync() == 0, tool.Errors);
        JsonElement report = JsonDocument.Parse(tool.Output.TrimEnd().Split('\n')[^1]).RootElement;
        long hits = Number("hits");
        Assert.Equal((ReferenceCount, 0L), (Number("references"), Number("mismatches")));
        Assert.Equal(ReferenceCount, hits + Number("misses"));
        Assert.InRange(hits, HitsOfReference * (1 - DifferenceMax), HitsOfReference * (1 + DifferenceMax));
        Assert.Equal((hits * 4096, Number("misses") * 4096), (Number("bytesRead"), Number("bytesWritten")));
        Assert.InRange(Number("exhaustions"), 1, long.MaxValue);
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture, $"{hits} hits of {ReferenceCount}, {(double)hits / HitsOfReference:P2} of the reference"));

        await using FabricClient client = await FabricClient.ConnectAsync("replay", silo);
        Assert.All((await client.Fabric.DescribeAsync()).Nodes, node => Assert.Equal(0, node.LeasedBytes));

        long Number(string name) => report.GetProperty(name).GetInt64();
    }
}
