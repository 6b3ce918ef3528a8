namespace OrleansPool.Benchmarks.Compare;

/// <summary>A subject or a yardstick, ready to run.</summary>
internal interface IContender
{
    /// <summary>Runs for about so long. The first runs are its warm-up.</summary>
    Task<Measurement> RunAsync(TimeSpan duration);
}
