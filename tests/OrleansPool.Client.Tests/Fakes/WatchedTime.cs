using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace OrleansPool.Client.Tests.Fakes;

/// <summary>A clock that the test turns, and that tells which timers were set: a test turns it only once somebody waits.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>How long the next timer runs that was set since the last one that was asked for.</summary>
    public Task<TimeSpan> NextTimerAsync() => _timers.Reader.ReadAsync().AsTask().Soon();

    /// <summary>Waits until somebody waits for so long.</summary>
    public async Task UntilTimerAsync(TimeSpan dueTime)
    {
        while (await NextTimerAsync() != dueTime) continue;
    }
}
