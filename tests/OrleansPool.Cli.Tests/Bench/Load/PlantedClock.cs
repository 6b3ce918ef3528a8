using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Cli.Tests.Bench.Load;

/// <summary>Time that passes only when a test says so, or when somebody waits. For one worker.</summary>
internal sealed class PlantedClock : LoadClock
{
    private long _now = 1_000_000;

    public override long Now => _now;

    public void Pass(long nanoseconds) => _now += nanoseconds;

    public override ValueTask UntilAsync(long time)
    {
        _now = Math.Max(_now, time);
        return ValueTask.CompletedTask;
    }
}
