using System.Globalization;
using OrleansPool.Benchmarks.Compare;
using OrleansPool.Benchmarks.Processes;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Redis' own load program: pipelines of 64 commands on each of its connections.</summary>
internal sealed class RedisBenchmark(int port, string command, int connectionCount, int keyCount, int valueBytes) : IContender
{
    public const int PipelineCount = 64;

    private readonly string _program = InstalledProgram.Find("redis-benchmark", "redis-tools");
    private double _requestsPerSecond = 50_000;

    /// <remarks>It takes a number of requests, not a time: as many as its last run made in such a time.</remarks>
    public async Task<Measurement> RunAsync(TimeSpan duration)
    {
        long count = Math.Max(PipelineCount * connectionCount, (long)(_requestsPerSecond * duration.TotalSeconds));
        using ChildProcess run = ChildProcess.Start(
            _program, "-p", Text(port), "-t", command, "-d", Text(valueBytes), "-r", Text(keyCount), "-c", Text(connectionCount),
            "-P", Text(PipelineCount), "-n", Text(count), "--csv");
        Dictionary<string, double> figures = Parse(await run.OutputAsync());
        _requestsPerSecond = figures["rps"];
        return new Measurement(new Dictionary<Figure, double>
        {
            [Figure.Throughput] = figures["rps"],
            [Figure.Bytes] = figures["rps"] * valueBytes,
            [Figure.P50] = figures["p50_latency_ms"] * 1e3,
            [Figure.P99] = figures["p99_latency_ms"] * 1e3,
        });
    }

    /// <summary>A line of names and a line of values, all in quotes.</summary>
    private static Dictionary<string, double> Parse(string output)
    {
        string[][] lines = [.. output.Split('\n').Where(line => line.StartsWith('"')).Select(line => line.Trim().Trim('"').Split("\",\""))];
        if (lines.Length != 2) throw new InvalidDataException($"redis-benchmark wrote something unknown: {output}");
        return lines[0].Zip(lines[1]).Skip(1).ToDictionary(pair => pair.First, pair => double.Parse(pair.Second, CultureInfo.InvariantCulture));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
