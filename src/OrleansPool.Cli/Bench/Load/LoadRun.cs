namespace OrleansPool.Cli.Bench.Load;

/// <summary>Lets workers make a load for a while, each with one call under way.</summary>
internal static class LoadRun
{
    /// <summary>Each worker begins its next operation when its last one has ended.</summary>
    public static Task<LoadResult> ClosedAsync(
        LoadClock clock, IReadOnlyList<ILoadWorker> workers, TimeSpan duration, CancellationToken stop = default)
    {
        long begin = clock.Now;
        long end = begin + (long)duration.TotalNanoseconds;
        int digits = Digits(workers);
        return RunAsync(clock, workers, digits, _ => new ClosedPace(clock, digits, begin, end, stop));
    }

    /// <summary>The same, until it is told to stop.</summary>
    public static Task<LoadResult> UntilAsync(LoadClock clock, IReadOnlyList<ILoadWorker> workers, CancellationToken stop)
    {
        long begin = clock.Now;
        int digits = Digits(workers);
        return RunAsync(clock, workers, digits, _ => new ClosedPace(clock, digits, begin, long.MaxValue, stop));
    }

    /// <summary>Operations arrive at a fixed rate; latencies count from the arrival.</summary>
    public static Task<LoadResult> OpenAsync(
        LoadClock clock, IReadOnlyList<ILoadWorker> workers, TimeSpan duration, double arrivalsPerSecond, CancellationToken stop = default)
    {
        long begin = clock.Now;
        var arrivals = new ArrivalSchedule(begin, begin + (long)duration.TotalNanoseconds, arrivalsPerSecond);
        int digits = Digits(workers);
        return RunAsync(clock, workers, digits, _ => new OpenPace(clock, digits, arrivals, stop));
    }

    private static async Task<LoadResult> RunAsync(
        LoadClock clock, IReadOnlyList<ILoadWorker> workers, int digits, Func<int, LoadPace> makePace)
    {
        LoadPace[] paces = [.. Enumerable.Range(0, workers.Count).Select(makePace)];
        long begin = clock.Now;
        await Task.WhenAll(workers.Select((worker, i) => Task.Run(() => worker.RunAsync(paces[i]))));
        return new LoadResult(paces, (clock.Now - begin) / 1e9, digits);
    }

    // Many histograms of three digits push what is measured out of the processor's caches.
    private static int Digits(IReadOnlyList<ILoadWorker> workers) => workers.Count == 1 ? 3 : 2;
}
