using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>A contender while another load runs, of which nothing is measured.</summary>
internal sealed class BackgroundContender(LoadClock clock, IContender measured, ILoadWorker background) : IContender
{
    public async Task<Measurement> RunAsync(TimeSpan duration)
    {
        using var stop = new CancellationTokenSource();
        Task<LoadResult> load = LoadRun.UntilAsync(clock, [background], stop.Token);
        Measurement measurement;
        try
        {
            measurement = await measured.RunAsync(duration);
        }
        finally
        {
            await stop.CancelAsync();
            await load;
        }

        return (await load).OperationCount > 0 ? measurement : throw new InvalidOperationException("The load beside it did nothing.");
    }
}
