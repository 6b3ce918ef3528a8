namespace OrleansPool.Cli.Bench.Load;

/// <summary>The next operation begins when the last one has ended.</summary>
internal sealed class ClosedPace(LoadClock clock, int digits, long begin, long end, CancellationToken stop) : LoadPace(clock, digits)
{
    // One reading of the clock ends an operation and begins the next: a second one would cost as much as some of what is measured.
    private long _next = begin;

    public override ValueTask<long> NextAsync() => new(_next < end && !stop.IsCancellationRequested ? _next : Over);

    protected override void Ended(long now) => _next = now;
}
