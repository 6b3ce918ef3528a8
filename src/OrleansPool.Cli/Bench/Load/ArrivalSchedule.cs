namespace OrleansPool.Cli.Bench.Load;

/// <summary>When operations of an open loop are meant to begin, whether or not anybody is free to begin them: at equal distances. Thread-safe.</summary>
internal sealed class ArrivalSchedule(long begin, long end, double arrivalsPerSecond)
{
    private const double NanosecondsPerSecond = 1e9;

    private readonly double _interval = NanosecondsPerSecond / arrivalsPerSecond;
    private long _taken = -1;

    /// <summary>Takes the next arrival.</summary>
    /// <returns>Its time, or <see cref="LoadPace.Over"/>.</returns>
    public long Take()
    {
        long time = begin + (long)(Interlocked.Increment(ref _taken) * _interval);
        return time < end ? time : LoadPace.Over;
    }
}
