using System.Diagnostics;

namespace OrleansPool.Cli.Bench.Load;

/// <summary>The machine's monotonic clock.</summary>
/// <remarks>
/// Timers of .NET count in milliseconds, longer than most operations here take. So one thread keeps who waits until when, and comes nearer in ever
/// shorter sleeps; only through the last moment it stays awake, for a processor that it held would be missing to those who are measured.
/// </remarks>
internal sealed class SystemLoadClock : LoadClock, IDisposable
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>How much longer than asked a wait may take.</summary>
    private const long WaitSlack = 1_200_000;

    /// <summary>The same of a short sleep.</summary>
    private const long ShortSleepSlack = 80_000;

    private static readonly double NanosecondsPerTick = NanosecondsPerSecond / Stopwatch.Frequency;

    private readonly PriorityQueue<TaskCompletionSource, long> _waiters = new();
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _changed = new(false);
    private Thread? _pacer;
    private bool _isDisposed;

    public override long Now => (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    public override ValueTask UntilAsync(long time)
    {
        if (time <= Now) return ValueTask.CompletedTask;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _waiters.Enqueue(waiter, time);
            if (_pacer is null)
            {
                _pacer = new Thread(Pace) { IsBackground = true, Name = "load clock" };
                _pacer.Start();
            }
        }

        _changed.Set();
        return new ValueTask(waiter.Task);
    }

    public void Dispose()
    {
        lock (_lock) _isDisposed = true;
        _changed.Set();
        _pacer?.Join();
        _changed.Dispose();
    }

    private void Pace()
    {
        while (true)
        {
            TaskCompletionSource? due = null;
            long left;
            lock (_lock)
            {
                if (_isDisposed) return;
                left = _waiters.TryPeek(out _, out long time) ? time - Now : long.MaxValue;
                if (left <= 0) due = _waiters.Dequeue();
            }

            if (due is not null) due.SetResult();
            else if (left == long.MaxValue) _changed.WaitOne();
            else if (left > WaitSlack) _changed.WaitOne(TimeSpan.FromTicks((left - WaitSlack) / TimeSpan.NanosecondsPerTick));
            else if (left > ShortSleepSlack) ShortSleep.Sleep(left - ShortSleepSlack);
            else Thread.Yield();
        }
    }
}
