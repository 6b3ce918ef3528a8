using HdrHistogram;

namespace OrleansPool.Cli.Bench.Load;

/// <summary>Tells one worker when to begin its operations, and keeps how long they took. For one worker at a time.</summary>
internal abstract class LoadPace(LoadClock clock, int digits)
{
    /// <summary>Instead of a time: begin nothing more.</summary>
    public const long Over = -1;

    private const long LatencyMax = 60_000_000_000;
    private static readonly int KindCount = Enum.GetValues<LoadKind>().Length;

    private readonly LongHistogram?[] _latencies = new LongHistogram?[KindCount];

    /// <summary>Operations that ended.</summary>
    public long OperationCount { get; private set; }

    protected LoadClock Clock => clock;

    /// <summary>Ends when the next operation is to begin.</summary>
    /// <returns>The time that its latency counts from, or <see cref="Over"/>.</returns>
    public abstract ValueTask<long> NextAsync();

    /// <summary>Keeps the latency of a call that has ended.</summary>
    /// <param name="began">What <see cref="NextAsync"/> gave.</param>
    /// <param name="kind">What it was.</param>
    /// <param name="operationCount">How many operations the call held.</param>
    public void Record(long began, LoadKind kind, int operationCount = 1)
    {
        long now = clock.Now;
        LongHistogram latencies = _latencies[(int)kind] ??= MakeHistogram(digits);
        latencies.RecordValue(Math.Clamp(now - began, 1, LatencyMax));
        OperationCount += operationCount;
        Ended(now);
    }

    /// <summary>A histogram of latencies in nanoseconds.</summary>
    public static LongHistogram MakeHistogram(int digits) => new(1, LatencyMax, digits);

    public HistogramBase? Latencies(LoadKind kind) => _latencies[(int)kind];

    protected virtual void Ended(long now)
    {
    }
}
