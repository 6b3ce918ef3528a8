using System.Text.Json;

namespace OrleansPool.Cli.Tests.Replay;

/// <summary>A trace gives the same counts however its calls are timed.</summary>
[Collection(ToolFixture.Name)]
public sealed class ReplayTests(ToolFixture tool) : IDisposable
{
    private const int TinyBlockCount = 10;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_trace_that_fits_misses_each_block_once()
    {
        await WriteTraceAsync([1, 2, 3], [1, 2, 3, 4], [4]);
        await AssertCountsAsync(requests: 3, hits: 4, misses: 4, frees: 0);
    }

    [Fact]
    public async Task On_a_full_pool_the_oldest_block_goes_first()
    {
        long[][] requests = [.. Enumerable.Range(0, 60).Select(i => new[] { i % 13L, i % 7L, i, i / 2L })];
        await WriteTraceAsync(requests);
        (int hits, int misses) = Fifo(requests.SelectMany(request => request), TinyBlockCount);
        Assert.True(hits > 20 && misses > 20);
        for (int run = 0; run < 10; run++) await AssertCountsAsync(60, hits, misses, misses - TinyBlockCount);
    }

    [Fact]
    public async Task A_request_larger_than_the_pool_is_replayed()
    {
        long[] request = [.. Enumerable.Range(0, 35).Select(id => (long)id)];
        await WriteTraceAsync(request, request);
        await AssertCountsAsync(2, hits: 0, misses: 70, frees: 70 - TinyBlockCount);
    }

    [Fact]
    public async Task Requests_are_replayed_in_order_of_time_and_no_more_than_asked()
    {
        await File.WriteAllLinesAsync(Trace, [Request(5, 1), "", Request(3, 2), Request(4, 2), Request(9, 7, 8)]);
        await AssertCountsAsync(requests: 2, hits: 1, misses: 1, frees: 0, "--limit", "2");
    }

    [Fact]
    public async Task An_empty_trace_does_nothing()
    {
        await File.WriteAllTextAsync(Trace, "");
        await AssertCountsAsync(0, 0, 0, 0);
    }

    [Fact]
    public async Task A_pool_that_others_fill_ends_the_replay_and_nothing_stays_leased()
    {
        await WriteTraceAsync([1]);
        await using (MemoryLease all = await tool.Fabric.LeaseAsync(ToolFixture.Tiny, TinyBlockCount * 128))
        {
            (await tool.RunAsync(Command())).AssertFailed(ExitCode.Full, "'tiny'");
        }

        await AssertNothingLeasedAsync();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"timestamp": 1}""")]
    [InlineData("""{"hash_ids": [1]}""")]
    [InlineData("""{"timestamp": "now", "hash_ids": [1]}""")]
    [InlineData("""{"timestamp": 1, "hash_ids": 1}""")]
    [InlineData("""{"timestamp": 1, "hash_ids": ["one"]}""")]
    [InlineData("""{"timestamp": 1, "hash_ids": [1.5]}""")]
    [InlineData("""{"timestamp": 1, "hash_ids": [99999999999999999999]}""")]
    public async Task A_line_that_is_no_request_is_named(string line)
    {
        await File.WriteAllLinesAsync(Trace, [Request(1, 1), "", line]);

        ToolRun run = await tool.RunAsync([.. Command(), "--json"]);

        run.AssertFailed(ExitCode.Failed, $"{Trace}:3", "'timestamp'", "'hash_ids'");
        Assert.Equal(nameof(InvalidDataException), run.Json().GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_trace_that_is_not_there_is_named() =>
        (await tool.RunAsync("replay", _folder.File("none"))).AssertFailed(ExitCode.Failed, _folder.File("none"));

    [Fact]
    public async Task For_a_person_the_counts_are_said()
    {
        await WriteTraceAsync([1, 2], [1, 2]);
        ToolRun run = await tool.RunAsync(Command());
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains("2 requests, 4 references: 2 hits", run.Output, StringComparison.Ordinal);
        Assert.Contains("0 mismatches", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_requests_of_a_real_trace_are_replayed_without_a_mismatch()
    {
        const int RequestCount = 300;
        string? trace = RealTrace();
        if (trace is null) Assert.Skip("The file shared/data/traces/mooncake_conversation.jsonl is missing beside the repository.");
        IEnumerable<(long Time, long[] Ids)> requests = File.ReadLines(trace).Select(Parse).OrderBy(request => request.Time).Take(RequestCount);
        long[] ids = [.. requests.SelectMany(request => request.Ids)];

        JsonElement report = await tool.JsonAsync("replay", trace, "--limit", $"{RequestCount}", "--block-bytes", "512");

        Assert.Equal(RequestCount, report.GetProperty("requests").GetInt32());
        Assert.Equal(ids.Length, report.GetProperty("references").GetInt64());
        Assert.Equal(ids.Distinct().Count(), report.GetProperty("misses").GetInt64());
        Assert.Equal(0, report.GetProperty("mismatches").GetInt64());
        await AssertNothingLeasedAsync();
    }

    private string Trace => _folder.File("trace.jsonl");

    private static string Request(long time, params long[] ids) => JsonSerializer.Serialize(new { timestamp = time, hash_ids = ids });

    private static (long Time, long[] Ids) Parse(string line)
    {
        using JsonDocument request = JsonDocument.Parse(line);
        return (request.RootElement.GetProperty("timestamp").GetInt64(), request.RootElement.GetProperty("hash_ids").Deserialize<long[]>()!);
    }

    private static string? RealTrace()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansPool.sln"))) folder = folder.Parent;
        string trace = Path.Combine(folder!.Parent!.FullName, "shared/data/traces/mooncake_conversation.jsonl");
        return File.Exists(trace) ? trace : null;
    }

    /// <summary>What a first-in-first-out cache of so many blocks does.</summary>
    private static (int Hits, int Misses) Fifo(IEnumerable<long> references, int blockCount)
    {
        var held = new Queue<long>();
        int hits = 0;
        int misses = 0;
        foreach (long id in references)
        {
            if (held.Contains(id))
            {
                hits++;
                continue;
            }

            misses++;
            if (held.Count == blockCount) held.Dequeue();
            held.Enqueue(id);
        }

        return (hits, misses);
    }

    private string[] Command(params string[] more) => ["replay", Trace, "--pool", ToolFixture.Tiny, "--block-bytes", "128", .. more];

    private Task WriteTraceAsync(params long[][] requests) => File.WriteAllLinesAsync(Trace, requests.Select((ids, i) => Request(i, ids)));

    private async Task AssertCountsAsync(int requests, long hits, long misses, long frees, params string[] more)
    {
        JsonElement report = await tool.JsonAsync(Command(more));
        Assert.Equal(
            (requests, hits + misses, hits, misses, misses, frees, 0L),
            (report.GetProperty("requests").GetInt32(), Number("references"), Number("hits"), Number("misses"), Number("leases"), Number("frees"),
                Number("mismatches")));
        Assert.Equal((hits * 128, misses * 128), (Number("bytesRead"), Number("bytesWritten")));
        await AssertNothingLeasedAsync();

        long Number(string name) => report.GetProperty(name).GetInt64();
    }

    private async Task AssertNothingLeasedAsync() =>
        Assert.All((await tool.Fabric.DescribeAsync()).Nodes, node => Assert.Equal(0, node.LeasedBytes));
}
