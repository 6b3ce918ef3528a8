using System.Text.Json;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

public sealed class BenchmarkCommandTests
{
    [Theory]
    [InlineData("compare --only nonsense", "'nonsense'", "4 KiB read, one at a time beside Redis GET")]
    [InlineData("compare more", "'more'")]
    [InlineData("ycsb", "A, B, C, D or F")]
    [InlineData("ycsb E", "scans")]
    [InlineData("ycsb G", "'G'")]
    [InlineData("trace", "one file")]
    [InlineData("trace nowhere.jsonl", "nowhere.jsonl")]
    [InlineData("micro nonsense", "'nonsense'", "ReservationBenchmark.TakeAndReturn")]
    [InlineData("alloc --only one", "--only")]
    [InlineData("compare --json", "--json")]
    [InlineData("nonsense", "'nonsense'")]
    public async Task Wrong_arguments_are_told_before_anything_is_measured(string line, params string[] said)
    {
        await using ChildProcess program = await ChildProcess.RunAsync("dotnet", [Repository.Benchmarks, .. line.Split(' ')]);

        Assert.Equal(2, await program.ExitCodeAsync());
        Assert.All(said, part => Assert.Contains(part, program.Errors, StringComparison.Ordinal));
        Assert.Contains("Usage:", program.Errors, StringComparison.Ordinal);
        Assert.Empty(program.Output);
    }

    [Fact]
    public async Task A_row_names_what_was_compared_and_leaves_no_process_behind()
    {
        string file = Path.GetTempFileName();
        try
        {
            await using ChildProcess program = await ChildProcess.RunAsync(
                "dotnet", Repository.Benchmarks, "compare", "--quick", "--only", "4 KiB read, 64 outstanding beside Garnet", "--json", file);

            Assert.True(await program.ExitCodeAsync() == 0, program.Errors);
            JsonElement[] rows = [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(["throughput at least 5x", "p99 at most 0.3x"], rows.Select(row => row.GetProperty("asked").GetString()));
            Assert.All(rows, row =>
            {
                Assert.Equal("4 KiB read, 64 outstanding", row.GetProperty("path").GetString());
                Assert.Equal("Garnet GET, StackExchange.Redis", row.GetProperty("yardstick").GetString());
                Assert.True(row.GetProperty("ratio").GetDouble() > 0);
                Assert.True(row.GetProperty("medians").GetProperty("subject").GetDouble() > 0);
                Assert.True(row.GetProperty("spread").GetProperty("min").GetDouble() <= row.GetProperty("spread").GetProperty("max").GetDouble());
                Assert.Contains("Garnet", row.GetProperty("provenance").GetString(), StringComparison.Ordinal);
                Assert.NotEqual(JsonValueKind.Undefined, row.GetProperty("met").ValueKind);
            });
            Assert.Empty(ServersOf(program.Id));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Whoever_is_killed_takes_its_servers_along()
    {
        await using ChildProcess program = await ChildProcess.StartAsync(
            "dotnet", Repository.Benchmarks, "compare", "--only", "4 KiB read, 64 outstanding beside Garnet");
        int[] servers = [];
        await Eventually.TrueAsync(() => Task.FromResult((servers = ServersOf(program.Id)).Length == 2), "a silo and Garnet run");
        await program.KillAsync();

        await Eventually.TrueAsync(() => Task.FromResult(servers.All(server => !Directory.Exists($"/proc/{server}"))), "they end too");
    }

    [Fact]
    public async Task Ctrl_C_which_a_terminal_sends_to_all_of_them_leaves_none_behind()
    {
        // The program's own executable, as 'dotnet run' runs it, in a process group of its own.
        await using ChildProcess program = await ChildProcess.StartAsync(
            "setsid", Path.ChangeExtension(Repository.Benchmarks, null), "compare", "--only", "4 KiB read, one at a time beside Redis");
        int[] servers = [];
        await Eventually.TrueAsync(() => Task.FromResult((servers = ServersOf(program.Id)).Length == 2), "a silo and Redis run");
        await using ChildProcess kill = await ChildProcess.RunAsync("kill", "-INT", "--", $"-{program.Id}");

        Assert.Equal((0, 130), (await kill.ExitCodeAsync(), await program.ExitCodeAsync()));
        await Eventually.TrueAsync(() => Task.FromResult(servers.All(server => !Directory.Exists($"/proc/{server}"))), "they end too");
    }

    /// <summary>The processes that a process started.</summary>
    private static int[] ServersOf(int id) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           where int.TryParse(Path.GetFileName(folder), out _)
           let stat = ReadOrNothing(Path.Combine(folder, "stat"))
           let fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
           where fields.Length > 1 && fields[0] != "Z" && fields[1] == id.ToString(System.Globalization.CultureInfo.InvariantCulture)
           select int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture),
    ];

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
