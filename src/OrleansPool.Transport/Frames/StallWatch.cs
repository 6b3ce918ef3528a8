namespace OrleansPool.Transport.Frames;

/// <summary>
/// Looks at the threads that receive, once an interval, and takes the turn from those that have been in one piece of users' code since
/// the last look: see <see cref="FrameReceiver"/>. Sleeps while nobody receives, and ends when that takes long.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StallWatch(Action<FrameReceiver, int> goOn)
{
    /// <summary>How long code of users may hold a connection up, within a factor of two; of three, where it computes all the while.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan PatienceOfThread = TimeSpan.FromSeconds(5);

    private readonly List<Watched> _watched = [];
    private readonly ManualResetEventSlim _isNeeded = new(false);
    private bool _isRunning;

    /// <summary>Whether its thread is there.</summary>
    public bool IsRunning => Volatile.Read(ref _isRunning);

    /// <summary>Begins to watch the thread that calls.</summary>
    public Watched Add(FrameReceiver receiver)
    {
        var watched = new Watched(receiver, SystemThread.Current(Interval));
        lock (_watched)
        {
            _watched.Add(watched);
            _isNeeded.Set();
            if (!_isRunning) new Thread(Run) { IsBackground = true, Name = "OrleansPool stall watch" }.Start();
            _isRunning = true;
        }

        return watched;
    }

    /// <summary>Ends watching.</summary>
    public void Remove(Watched watched)
    {
        lock (_watched)
        {
            _watched.Remove(watched);
            if (_watched.Count == 0) _isNeeded.Reset();
        }
    }

    private void Run()
    {
        while (_isNeeded.Wait(PatienceOfThread) || !TryLeave())
        {
            lock (_watched)
            {
                Monitor.Wait(_watched, Interval);
                for (int i = _watched.Count - 1; i >= 0; i--)
                {
                    Watched watched = _watched[i];
                    if (!watched.Receiver.TryTakeTurn(watched.Thread, out int term)) continue;
                    _watched.RemoveAt(i);
                    goOn(watched.Receiver, term);
                }

                if (_watched.Count == 0) _isNeeded.Reset();
            }
        }
    }

    private bool TryLeave()
    {
        lock (_watched)
        {
            if (_watched.Count > 0) return false;
            _isRunning = false;
            return true;
        }
    }

    /// <summary>One receiver in one term.</summary>
    internal sealed class Watched(FrameReceiver receiver, SystemThread thread)
    {
        public FrameReceiver Receiver { get; } = receiver;

        public SystemThread Thread { get; } = thread;
    }
}
