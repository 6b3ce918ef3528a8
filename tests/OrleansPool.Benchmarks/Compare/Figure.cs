namespace OrleansPool.Benchmarks.Compare;

/// <summary>What two contenders are compared by.</summary>
internal enum Figure
{
    /// <summary>Operations per second.</summary>
    Throughput,

    /// <summary>Bytes per second.</summary>
    Bytes,

    /// <summary>Median latency, in microseconds.</summary>
    P50,

    /// <summary>The latency that one call in a hundred exceeds, in microseconds.</summary>
    P99,

    /// <summary>Processor time of client and server together, in microseconds an operation.</summary>
    Processor,
}
