using OrleansPool.Benchmarks.Processes;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>Workers in this process, which is the client, against servers in others.</summary>
internal sealed class LoadContender(
    LoadClock clock, IReadOnlyList<ILoadWorker> workers, ProcessorTime processors, int operationBytes, double? arrivalsPerSecond = null) : IContender
{
    public async Task<Measurement> RunAsync(TimeSpan duration)
    {
        TimeSpan before = processors.Total();
        LoadResult result = arrivalsPerSecond is { } rate
            ? await LoadRun.OpenAsync(clock, workers, duration, rate)
            : await LoadRun.ClosedAsync(clock, workers, duration);
        TimeSpan spent = processors.Total() - before;
        return new Measurement(new Dictionary<Figure, double>
        {
            [Figure.Throughput] = result.OperationsPerSecond,
            [Figure.Bytes] = result.OperationsPerSecond * operationBytes,
            [Figure.P50] = result.All.GetValueAtPercentile(50) / 1e3,
            [Figure.P99] = result.All.GetValueAtPercentile(99) / 1e3,
            [Figure.Processor] = spent.TotalMicroseconds / Math.Max(1, result.OperationCount),
        });
    }
}
