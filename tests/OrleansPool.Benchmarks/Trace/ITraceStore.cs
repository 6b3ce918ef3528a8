namespace OrleansPool.Benchmarks.Trace;

/// <summary>Where the blocks of a trace are kept.</summary>
internal interface ITraceStore
{
    /// <summary>Reads blocks, and checks that they are the ones that were written there.</summary>
    Task ReadAsync(IReadOnlyList<TraceBlock> blocks);

    Task WriteAsync(IReadOnlyList<TraceBlock> blocks);
}
