using OrleansPool.Core;

namespace OrleansPool.Server.Nodes;

/// <summary>The monotonic clock of all ticks in this process.</summary>
internal sealed class HostClock(TimeProvider time)
{
    private readonly long _stampsPerTick = Math.Max(1, time.TimestampFrequency / TimeSpan.TicksPerSecond);
    private readonly bool _isExact = time.TimestampFrequency % TimeSpan.TicksPerSecond == 0;

    public TimeProvider Time => time;

    public Tick Now => new(_isExact
        ? time.GetTimestamp() / _stampsPerTick
        : (long)((Int128)time.GetTimestamp() * TimeSpan.TicksPerSecond / time.TimestampFrequency));
}
