using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OrleansPool.Cli.Connection;

namespace OrleansPool.Cli.Tests.Commands;

/// <summary>Status, leases, measuring, and what each failure ends the command with.</summary>
[Collection(ToolFixture.Name)]
public sealed class FabricCommandTests(ToolFixture tool)
{
    [Fact]
    public async Task Status_shows_every_node_and_pool()
    {
        JsonElement status = await tool.JsonAsync("status");

        JsonElement[] nodes = [.. status.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(2, nodes.Length);
        Assert.All(nodes, node => Assert.Equal(64 << 20, node.GetProperty("capacityBytes").GetInt64()));
        Assert.All(nodes, node => Assert.StartsWith("127.0.0.1:", node.GetProperty("dataPort").GetProperty("endpoint").GetString(), StringComparison.Ordinal));
        Assert.All(nodes, node => Assert.Equal(0, node.GetProperty("dataPort").GetProperty("refused").GetInt64()));
        Assert.All(nodes, node => Assert.Equal(
            ["default", "tiny"], node.GetProperty("pools").EnumerateArray().Select(pool => pool.GetProperty("name").GetString()).Order()));
        Assert.All(nodes.SelectMany(node => node.GetProperty("pools").EnumerateArray()), pool =>
        {
            Assert.Equal(0, pool.GetProperty("waiting").GetInt32());
            Assert.Equal(0, pool.GetProperty("spilledBytes").GetInt64());
            Assert.Equal(JsonValueKind.Null, pool.GetProperty("quotaBytes").ValueKind);
        });
        Assert.Empty(status.GetProperty("silent").EnumerateArray());

        ToolRun run = await tool.RunAsync("status");
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("64 MiB", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lease_is_taken_shown_renewed_and_freed()
    {
        JsonElement taken = await tool.JsonAsync("lease", "take", "10000", "--duration", "1m", "--owner", "me");
        string token = taken.GetProperty("token").GetString()!;
        Assert.Equal(10_000, taken.GetProperty("bytes").GetInt64());

        foreach (string command in new[] { "show", "renew", "free" })
        {
            Assert.Equal(token, (await tool.JsonAsync("lease", command, token)).GetProperty("token").GetString());
        }

        ToolRun after = await tool.RunAsync("lease", "show", token, "--json");
        Assert.Equal(nameof(LeaseFencedException), after.AssertFailed(ExitCode.Failed, "Lease").Json().GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_lease_is_not_freed_by_the_command_that_took_it()
    {
        string output = (await tool.RunAsync("lease", "take", "4KiB")).Output;
        string token = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

        await using MemoryLease lease = await tool.Fabric.AdoptAsync(LeaseToken.Parse(token));
        Assert.Equal(4096, lease.Length);
    }

    [Fact]
    public async Task The_largest_leases_are_listed_first_with_their_owners_and_no_right_over_them()
    {
        await using MemoryLease large = await tool.Fabric.LeaseAsync(64 << 10, new LeaseOptions { Owner = "camera" });
        await using MemoryLease small = await tool.Fabric.LeaseAsync(4 << 10, new LeaseOptions { Owner = "log" });

        JsonElement[] leases = [.. (await tool.JsonAsync("leases", "--count", "2")).GetProperty("leases").EnumerateArray()];

        Assert.Equal(["camera", "log"], leases.Select(lease => lease.GetProperty("owner").GetString()!));
        Assert.Equal(64 << 10, leases[0].GetProperty("bytes").GetInt64());
        Assert.Contains("camera", (await tool.RunAsync("leases", "--order", "oldest")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await tool.RunAsync("leases", "--count", "0")).Code);
    }

    [Fact]
    public async Task A_full_pool_ends_in_4()
    {
        ToolRun run = await tool.RunAsync("lease", "take", "1TiB", "--json");
        Assert.Equal(nameof(PoolQuotaExceededException), run.AssertFailed(ExitCode.Full, "1099511627776").Json().GetProperty("type").GetString());

        await using MemoryLease all = await tool.Fabric.LeaseAsync(ToolFixture.Tiny, 10 * 128);
        run = await tool.RunAsync("lease", "take", "1B", "--pool", ToolFixture.Tiny, "--json");
        Assert.Equal(nameof(PoolExhaustedException), run.AssertFailed(ExitCode.Full, "'tiny'").Json().GetProperty("type").GetString());
    }

    [Fact]
    public async Task Measuring_tells_rates_and_latencies_and_frees_what_it_used()
    {
        JsonElement bench = await tool.JsonAsync("bench", "--duration", "2s", "--bytes", "64", "--outstanding", "2", "--reads", "0.5");

        Assert.True(bench.GetProperty("operationsPerSecond").GetDouble() > 0);
        Assert.Equal(64, bench.GetProperty("operationBytes").GetInt32());
        Assert.All(["read", "write"], kind => Assert.True(bench.GetProperty("microsecondsOf").GetProperty(kind).GetProperty("count").GetInt64() > 0));
        Assert.All((await tool.Fabric.DescribeAsync()).Nodes, node => Assert.Equal(0, node.LeasedBytes));
    }

    [Fact]
    public async Task Measuring_at_a_rate_makes_no_more_operations_than_that()
    {
        JsonElement bench = await tool.JsonAsync(
            "bench", "--duration", "1s", "--bytes", "64", "--outstanding", "4", "--reads", "1", "--keys", "zipfian", "--rate", "50");

        Assert.Equal(50, bench.GetProperty("microsecondsOf").GetProperty("read").GetProperty("count").GetInt64());
        Assert.InRange(bench.GetProperty("operationsPerSecond").GetDouble(), 1, 55);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("ls")]
    [InlineData("lease take 4KiB")]
    [InlineData("bench --duration 1h")]
    public async Task A_command_that_is_cancelled_ends_in_130(string line)
    {
        ToolRun run = await ToolRun.RunAsync(tool, [.. line.Split(' '), "--json"], new CancellationToken(canceled: true));
        Assert.Equal("Cancelled.", run.AssertFailed(ExitCode.Cancelled, "Cancelled.").Json().GetProperty("error").GetString());
    }

    [Fact]
    public async Task Where_no_silo_answers_the_command_ends_in_3_and_says_how_to_start_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string gateway = listener.LocalEndpoint.ToString()!;
        listener.Stop();

        ToolRun run = await ToolRun.RunAsync(new OrleansConnector(), ["status", "--json", "--gateway", gateway]);

        run.AssertFailed(ExitCode.NotConnected, gateway, "dotnet run --project silo", "--gateway");
        Assert.Equal("NotConnectedException", run.Json().GetProperty("type").GetString());
    }

    [Fact]
    public async Task Verbose_shows_where_a_failure_came_from()
    {
        (await tool.RunAsync("rm", "none", "--verbose")).AssertFailed(ExitCode.Failed, "   at OrleansPool.Cli");
        Assert.DoesNotContain("   at ", (await tool.RunAsync("rm", "none")).Error, StringComparison.Ordinal);
    }
}
