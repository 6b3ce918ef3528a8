using System.Diagnostics;

namespace OrleansPool.Transport.Frames;

/// <summary>
/// Who receives. A connection in use has a thread of its own that waits in the kernel for its bytes, which saves two thread switches
/// an answer. A silent one has none, and no buffer: it is woken by the thread pool. So ten thousand idle connections cost ten thousand
/// small objects.
/// </summary>
/// <remarks>At most <see cref="TransportOptions.ReaderThreadsMax"/> threads; what finds none is served by the thread pool, where continuations
/// are queued, since nobody watches there. Thread-safe.</remarks>
internal sealed class ReaderThreads
{
    private static readonly TimeSpan PatienceOfThread = TimeSpan.FromSeconds(5);

    /// <summary>Most threads of the process that spin at a time: half of the processors are for others.</summary>
    private static readonly int SpinnersMax = Environment.ProcessorCount / 2;

    private static int _spinnerCount;

    private readonly Stack<ReaderThread> _spare = new();
    private readonly TransportOptions _options;
    private readonly StallWatch _watch;
    private int _threadCount;

    public ReaderThreads(TransportOptions options)
    {
        _options = options;
        _watch = new StallWatch(Dispatch);
    }

    /// <summary>Threads that are there now.</summary>
    public int ThreadCount => Volatile.Read(ref _threadCount);

    /// <summary>Whether a thread looks after them.</summary>
    public bool IsWatching => _watch.IsRunning;

    /// <summary>Begins to receive.</summary>
    public void Start(FrameReceiver receiver) => Dispatch(receiver, receiver.Term);

    private void Dispatch(FrameReceiver receiver, int term)
    {
        if (TryGetThread() is { } thread)
        {
            thread.Give(receiver, term);
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Self.RunOnPool(state.Receiver, state.Term), (Self: this, Receiver: receiver, Term: term), preferLocal: false);
    }

    private ReaderThread? TryGetThread()
    {
        lock (_spare)
        {
            if (_spare.TryPop(out ReaderThread? spare)) return spare;
            if (_threadCount == _options.ReaderThreadsMax) return null;
            _threadCount++;
        }

        return new ReaderThread(this);
    }

    private async Task AwakenAsync(FrameReceiver receiver, int term)
    {
        await receiver.Channel.WaitReadableAsync().ConfigureAwait(false);
        Dispatch(receiver, term);
    }

    private void RunHot(FrameReceiver receiver, int term)
    {
        receiver.MayRunInline = true;
        StallWatch.Watched watched = _watch.Add(receiver);
        try
        {
            ReceiverPace pace = receiver.HandleFrames(term);
            while (true)
            {
                switch (pace)
                {
                    case ReceiverPace.Again:
                        break;
                    case ReceiverPace.Silent when TrySpin(receiver) || receiver.Channel.WaitReadable(_options.Linger):
                        break;
                    case ReceiverPace.Deposed:
                        return;
                    default:
                        Leave(receiver, term, pace);
                        return;
                }

                pace = receiver.Round(term);
            }
        }
        finally
        {
            _watch.Remove(watched);
        }
    }

    /// <summary>Looks for bytes again and again for a moment, and lets others have the processor between two looks.</summary>
    /// <returns>False when nothing came.</returns>
    private bool TrySpin(FrameReceiver receiver)
    {
        if (_options.SpinMax == TimeSpan.Zero || !receiver.Spin.IsWorthIt()) return false;
        bool hasPaid = false;
        if (Interlocked.Increment(ref _spinnerCount) <= SpinnersMax)
        {
            long until = Stopwatch.GetTimestamp() + (long)(_options.SpinMax.TotalSeconds * Stopwatch.Frequency);
            do
            {
                Thread.Yield();
                hasPaid = receiver.Channel.WaitReadable(TimeSpan.Zero);
            }
            while (!hasPaid && Stopwatch.GetTimestamp() < until);
            receiver.Spin.Tell(hasPaid);
        }

        Interlocked.Decrement(ref _spinnerCount);
        return hasPaid;
    }

    private void RunOnPool(FrameReceiver receiver, int term)
    {
        receiver.MayRunInline = false;
        ReceiverPace pace = receiver.HandleFrames(term);
        for (int rounds = 0; pace == ReceiverPace.Again && rounds < 64; rounds++) pace = receiver.Round(term);
        if (pace == ReceiverPace.Again) Dispatch(receiver, term);
        else Leave(receiver, term, pace);
    }

    private void Leave(FrameReceiver receiver, int term, ReceiverPace pace)
    {
        if (pace == ReceiverPace.Silent)
        {
            receiver.Rest();
            _ = AwakenAsync(receiver, term);
        }
        else if (pace == ReceiverPace.Congested)
        {
            receiver.AwaitRoom(() => Dispatch(receiver, term));
        }
        else
        {
            receiver.Rest();
        }
    }

    /// <summary>One thread. It waits for a connection, stays with it while it is in use, and ends when none has come for a while.</summary>
    private sealed class ReaderThread
    {
        private readonly ReaderThreads _owner;
        private readonly SemaphoreSlim _given = new(0);
        private FrameReceiver? _receiver;
        private int _term;

        public ReaderThread(ReaderThreads owner)
        {
            _owner = owner;
            new Thread(Run) { IsBackground = true, Name = "OrleansPool reader" }.Start();
        }

        public void Give(FrameReceiver receiver, int term)
        {
            _receiver = receiver;
            _term = term;
            _given.Release();
        }

        private void Run()
        {
            while (_given.Wait(PatienceOfThread) || !TryLeave())
            {
                FrameReceiver receiver = _receiver!;
                _receiver = null;
                _owner.RunHot(receiver, _term);
                lock (_owner._spare) _owner._spare.Push(this);
            }
        }

        private bool TryLeave()
        {
            lock (_owner._spare)
            {
                if (!_owner._spare.Contains(this))
                {
                    _given.Wait();
                    return false;
                }

                ReaderThread[] others = [.. _owner._spare.Where(other => other != this).Reverse()];
                _owner._spare.Clear();
                foreach (ReaderThread other in others) _owner._spare.Push(other);
                _owner._threadCount--;
                return true;
            }
        }
    }
}
