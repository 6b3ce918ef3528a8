namespace OrleansPool.Cli.Bench.Load;

/// <summary>Operations arrive at a fixed rate, shared by all workers.</summary>
/// <remarks>
/// Latency counts from the arrival, not from when a worker was free: what stalls makes everybody late who came meanwhile, and a closed loop would
/// count it once (coordinated omission). Arrivals that nobody was free for by the end of the run are still served and counted.
/// </remarks>
internal sealed class OpenPace(LoadClock clock, int digits, ArrivalSchedule arrivals, CancellationToken stop) : LoadPace(clock, digits)
{
    public override ValueTask<long> NextAsync()
    {
        long arrival = stop.IsCancellationRequested ? Over : arrivals.Take();
        return arrival == Over || arrival <= Clock.Now ? new ValueTask<long>(arrival) : WaitAsync(arrival);
    }

    private async ValueTask<long> WaitAsync(long arrival)
    {
        await Clock.UntilAsync(arrival).AsTask().WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return stop.IsCancellationRequested ? Over : arrival;
    }
}
