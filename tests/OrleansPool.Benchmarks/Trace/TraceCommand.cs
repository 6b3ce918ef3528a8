using OrleansPool.Benchmarks.Compare;
using OrleansPool.Benchmarks.Processes;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Replay;
using StackExchange.Redis;

namespace OrleansPool.Benchmarks.Trace;

/// <summary>A real trace beside Garnet and Redis.</summary>
internal sealed class TraceCommand : IComparisonCommand
{
    private const int BlockBytes = 4 << 10;
    private const int QuickRequestCount = 200;

    // A run is the trace as a whole; its requests come one after the other.
    private static readonly Asked[] Asks =
        [Asked.Nothing(Figure.Throughput), Asked.Nothing(Figure.P50), Asked.Nothing(Figure.P99), Asked.Nothing(Figure.Processor)];

    public string Name => "trace";

    public string Words => "FILE";

    public string Summary => "a trace of block references (Mooncake's JSON lines) beside Garnet and Redis";

    public bool Run(BenchmarkArguments arguments)
    {
        if (arguments.Only is not null) throw new BenchmarkUsageException("trace has no option --only.");
        if (arguments.Words is not [string path]) throw new BenchmarkUsageException("trace takes one file.");
        return RunAsync(arguments, path).GetAwaiter().GetResult();
    }

    private static async Task<bool> RunAsync(BenchmarkArguments arguments, string path)
    {
        List<long[]> requests = await ReadAsync(path, arguments.Quick ? QuickRequestCount : int.MaxValue);
        string name = $"trace {Path.GetFileName(path)}, {requests.Sum(request => (long)request.Length)} references";
        return await new ComparisonRun(arguments).RunAsync(
        [
            new Comparison(name, "Garnet, StackExchange.Redis", lab => RangeAsync(lab, requests), lab => KeysAsync(lab, lab.Garnet, requests), Asks),
            new Comparison(name, "Redis, StackExchange.Redis", lab => RangeAsync(lab, requests), lab => KeysAsync(lab, lab.Redis, requests), Asks),
        ]);
    }

    private static async Task<List<long[]>> ReadAsync(string path, int requestCountMax)
    {
        try
        {
            List<long[]> requests = await TraceReader.ReadAsync(path, requestCountMax, CancellationToken.None);
            return requests.Count > 0 ? requests : throw new BenchmarkUsageException($"{path} holds no request.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new BenchmarkUsageException(e.Message);
        }
    }

    private static async Task<IContender> RangeAsync(Lab lab, List<long[]> requests)
    {
        MemoryRegion region = await lab.RegionAsync("trace", PoolNames.Default, lab.Effort.TraceBlockCount, BlockBytes);
        return new TraceContender(
            lab.Clock, new RangeTraceStore(lab.Pool.Fabric, region, BlockBytes), requests, lab.Effort.TraceBlockCount,
            new ProcessorTime(lab.Pool.ProcessId));
    }

    private static Task<IContender> KeysAsync(Lab lab, RedisStore store, List<long[]> requests)
    {
        RedisKey[] names = RedisStore.MakeKeys("trace", lab.Effort.TraceBlockCount);
        return Task.FromResult<IContender>(new TraceContender(
            lab.Clock, new RedisTraceStore(store.Database, names, BlockBytes), requests, lab.Effort.TraceBlockCount,
            new ProcessorTime(store.Server.ProcessId)));
    }
}
