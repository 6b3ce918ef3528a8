using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>
/// Renews the leases that this process owns: each at a third of its duration, all that are due on one node in one call. A lease
/// that the node refuses, or that could not be renewed in time, is reported lost to its handle.
/// </summary>
/// <remarks>
/// Thread-safe. One loop, which sleeps while nothing is due, starts the calls and waits for none of them: a silent node holds up
/// only its own leases. Every lease is in the queue, in a call, or ended. The holder counts a lease's time from the moment at
/// which the renewal was <em>sent</em>, so it never believes in a lease longer than the memory's owner does.
/// </remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>Most leases renewed in one call.</summary>
    public const int CallExtentCountMax = 1000;

    private const int RenewalsPerDuration = 3;
    private const int AttemptsPerRenewal = 4;

    private readonly ISegmentPath _path;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<FabricLease, long> _due = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _wake = NewWake();
    private Task? _loop;
    private int _endedCount;

    public LeaseKeeper(ISegmentPath path, TimeProvider time)
    {
        _path = path;
        _time = time;
    }

    /// <summary>How many leases wait to be renewed, or to be swept out.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _due.Count;
        }
    }

    /// <summary>Begins to renew a lease that was taken or renewed by a call sent at some moment.</summary>
    public void Keep(FabricLease lease, long sentAt)
    {
        lease.ValidUntil = sentAt + Stamps(lease.Duration);
        Schedule(lease, sentAt + Stamps(lease.Duration / RenewalsPerDuration));
    }

    /// <summary>
    /// A lease ended. The ended ones are swept out once they are half of the queue, so that it stays in proportion to what is owned.
    /// </summary>
    public void Forget()
    {
        lock (_lock)
        {
            if (++_endedCount <= _due.Count / 2) return;
            _endedCount = 0;
            (FabricLease, long)[] kept = [.. _due.UnorderedItems.Where(item => item.Element.IsKept)];
            _due.Clear();
            _due.EnqueueRange(kept);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        if (_loop is { } loop) await loop;
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the next attempt is due after one that got no answer.</summary>
    private static TimeSpan AttemptInterval(FabricLease lease) => lease.Duration / (RenewalsPerDuration * AttemptsPerRenewal);

    private void Schedule(FabricLease lease, long dueAt)
    {
        lock (_lock)
        {
            bool isFirst = !_due.TryPeek(out _, out long earliest) || dueAt < earliest;
            _due.Enqueue(lease, dueAt);
            _loop ??= Task.Run(RunAsync);
            if (isFirst) _wake.TrySetResult();
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            (List<FabricLease> due, TimeSpan wait, Task wake) = TakeDue();
            if (due.Count > 0)
            {
                Renew(due);
                continue;
            }

            try
            {
                await wake.WaitAsync(wait, _time, _stopping.Token);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // The first is due, or the keeper stops: the loop looks.
            }
        }
    }

    /// <summary>Starts the calls for leases that are due, one for each node and <see cref="CallExtentCountMax"/> extents.</summary>
    private void Renew(List<FabricLease> due)
    {
        long sentAt = _time.GetTimestamp();
        foreach (FabricLease lease in due) lease.BeginRenewal();
        IEnumerable<(FabricLease Lease, LeaseExtent Extent)[]> calls = due
            .SelectMany(lease => lease.Extents.Select(extent => (Lease: lease, Extent: extent)))
            .GroupBy(pair => pair.Extent.Home)
            .SelectMany(group => group.Chunk(CallExtentCountMax));
        foreach ((FabricLease Lease, LeaseExtent Extent)[] call in calls) _ = RenewAsync(call, sentAt);
    }

    /// <summary>The leases that are due now or within a moment that is short for them, or how long to wait for the first.</summary>
    private (List<FabricLease> Due, TimeSpan Wait, Task Wake) TakeDue()
    {
        lock (_lock)
        {
            List<FabricLease> due = [];
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            long now = _time.GetTimestamp();
            while (_due.TryPeek(out FabricLease? lease, out long dueAt))
            {
                if (!lease.IsKept)
                {
                    _due.Dequeue();
                    continue;
                }

                // Once a call is made anyway, it takes along whatever is due soon.
                long slack = due.Count == 0 ? 0 : Stamps(AttemptInterval(lease));
                if (dueAt - slack > now)
                {
                    // Timers count whole milliseconds: one that rang early would ring again at once.
                    wait = TimeSpan.FromMilliseconds(Math.Ceiling(_time.GetElapsedTime(now, dueAt).TotalMilliseconds));
                    break;
                }

                due.Add(_due.Dequeue());
            }

            if (_wake.Task.IsCompleted) _wake = NewWake();
            return (due, wait, _wake.Task);
        }
    }

    private async Task RenewAsync((FabricLease Lease, LeaseExtent Extent)[] call, long sentAt)
    {
        OperationStatus[] statuses;
        try
        {
            using var limit = new CancellationTokenSource(call.Min(pair => TimeLeft(pair.Lease, sentAt)), _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            statuses = await _path.RenewAsync(call[0].Extent.Home, Array.ConvertAll(call, pair => pair.Extent), stop.Token);
        }
        catch (Exception e)
        {
            statuses = new OperationStatus[call.Length];
            Array.Fill(statuses, e switch
            {
                PoolDataLossException => OperationStatus.Lost,
                PoolAccessDeniedException => OperationStatus.WrongIncarnation,

                // No answer yet: the lease stays valid until its time is up, and is tried again before.
                _ => OperationStatus.Busy,
            });
        }

        for (int i = 0; i < call.Length; i++)
        {
            if (call[i].Lease.AddRenewal(statuses[i], call[i].Extent)) Judge(call[i].Lease, sentAt);
        }
    }

    /// <summary>How long a call may take before one of its leases has to be tried anew, or given up.</summary>
    private TimeSpan TimeLeft(FabricLease lease, long now)
    {
        TimeSpan left = _time.GetElapsedTime(now, lease.ValidUntil);
        return left > AttemptInterval(lease) ? left : AttemptInterval(lease);
    }

    /// <summary>Decides what the answers for all extents of a lease mean.</summary>
    private void Judge(FabricLease lease, long sentAt)
    {
        if (_stopping.IsCancellationRequested) return;
        long now = _time.GetTimestamp();
        switch (lease.EndRenewal(out LeaseExtent refusedBy))
        {
            case OperationStatus.Ok:
                Keep(lease, sentAt);
                break;
            case OperationStatus.Busy when now < lease.ValidUntil:
                Schedule(lease, Math.Min(now + Stamps(AttemptInterval(lease)), lease.ValidUntil));
                break;
            case OperationStatus.Busy:
                lease.Lose(OperationStatus.Expired, refusedBy);
                break;
            case var refusal:
                lease.Lose(refusal, refusedBy);
                break;
        }
    }

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
