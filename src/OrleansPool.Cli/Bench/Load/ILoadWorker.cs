namespace OrleansPool.Cli.Bench.Load;

/// <summary>One of those who make a load: it has one call under way at a time. Keeps its buffers from run to run.</summary>
internal interface ILoadWorker
{
    /// <summary>
    /// Begins an operation whenever the pace says so, until it says that the run is over:
    /// <c>while (await pace.NextAsync() is var began and >= 0) { ...; pace.Record(began, LoadKind.Read); }</c>
    /// </summary>
    Task RunAsync(LoadPace pace);
}
