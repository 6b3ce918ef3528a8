using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Cli.Tests.Bench.Load;

/// <summary>Operations of one length, but for one that stalls.</summary>
internal sealed class StallingWorker(PlantedClock clock, long operation, int stalledAt, long stall) : ILoadWorker
{
    private int _count;

    public async Task RunAsync(LoadPace pace)
    {
        for (long began; (began = await pace.NextAsync()) >= 0;)
        {
            clock.Pass(_count++ == stalledAt ? stall : operation);
            pace.Record(began, LoadKind.Read);
        }
    }
}
