using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>
/// Renews the leases that this process owns: each at a third of its duration, all that are due on one node in one call. A lease
/// that the node refuses, or that could not be renewed in time, is reported lost to its handle.
/// </summary>
/// <remarks>
/// <para>Thread-safe. One loop, which sleeps while nothing is due and never waits for an answer: a node that is silent holds back only
/// the leases that it holds itself.</para>
/// <para>The holder counts a lease's time from the moment at which the renewal was <em>sent</em>, so it never believes in a lease
/// longer than the memory's owner does. When that time is up the lease is lost to its holder, whatever call is still under way.</para>
/// </remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>Most leases renewed in one call.</summary>
    public const int CallExtentCountMax = 1000;

    private const int RenewalsPerDuration = 3;
    private const int EndedCountMin = 1024;

    private readonly ISegmentPath _path;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<FabricLease, long> _due = new();
    private readonly PriorityQueue<FabricLease, long> _deadlines = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _wake = NewWake();
    private int _endedCount;
    private Task? _loop;
    private bool _isDisposed;

    public LeaseKeeper(ISegmentPath path, TimeProvider time)
    {
        _path = path;
        _time = time;
    }

    /// <summary>Begins to renew a lease that was taken or renewed by a call sent at some moment.</summary>
    public void Keep(FabricLease lease, long sentAt)
    {
        lease.ValidUntil = sentAt + Stamps(lease.Duration);
        Enqueue(lease, sentAt + Stamps(lease.Duration / RenewalsPerDuration));
    }

    /// <summary>A kept lease needs no renewal any more. What has ended does not stay in memory until it would have been due.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            if (++_endedCount < EndedCountMin || _endedCount < (_due.Count + _deadlines.Count) / 2) return;
            _endedCount = 0;
            DropEnded(_due);
            DropEnded(_deadlines);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
        }

        await _stopping.CancelAsync();
        _wake.TrySetResult();
        if (_loop is { } loop) await loop;
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void DropEnded(PriorityQueue<FabricLease, long> queue)
    {
        (FabricLease, long)[] kept = [.. queue.UnorderedItems.Where(item => item.Element.IsKept)];
        queue.Clear();
        queue.TrimExcess();
        queue.EnqueueRange(kept);
    }

    private void Enqueue(FabricLease lease, long dueAt)
    {
        lock (_lock)
        {
            if (_isDisposed) return;
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
            (List<FabricLease> due, List<FabricLease> late, TimeSpan wait, Task wake) = TakeDue();
            foreach (FabricLease lease in late) lease.Lose(OperationStatus.Expired, lease.Extents[0]);
            foreach ((NodeId home, (FabricLease, LeaseExtent)[] chunk) in CallsFor(due)) _ = RenewAsync(home, chunk);
            if (due.Count > 0) continue;
            try
            {
                await wake.WaitAsync(wait, _time, _stopping.Token);
            }
            catch (TimeoutException)
            {
                // The first of them is due.
            }
            catch (OperationCanceledException)
            {
                // The loop's condition ends it.
            }
        }
    }

    /// <summary>The calls that renew some leases, each lease counting those that it waits for.</summary>
    private List<(NodeId Home, (FabricLease Lease, LeaseExtent Extent)[] Chunk)> CallsFor(List<FabricLease> due)
    {
        List<(NodeId, (FabricLease Lease, LeaseExtent Extent)[])> calls = [];
        long now = _time.GetTimestamp();
        foreach (FabricLease lease in due) lease.BeginRenewal(now);
        foreach (var home in due.SelectMany(lease => lease.Extents.Select(extent => (lease, extent))).GroupBy(pair => pair.extent.Home))
        {
            calls.AddRange(home.Chunk(CallExtentCountMax).Select(chunk => (home.Key, chunk)));
        }

        return calls;
    }

    /// <summary>
    /// The leases that are due now or within a moment that is short for them, those whose time is up, or how long to wait for the
    /// first of either.
    /// </summary>
    private (List<FabricLease> Due, List<FabricLease> Late, TimeSpan Wait, Task Wake) TakeDue()
    {
        lock (_lock)
        {
            List<FabricLease> due = [];
            List<FabricLease> late = [];
            long now = _time.GetTimestamp();
            long next = long.MaxValue;
            while (_due.TryPeek(out FabricLease? lease, out long dueAt))
            {
                // Once a call is made anyway, it takes along whatever is due soon.
                long slack = due.Count == 0 ? 0 : Stamps(lease.Duration / (4 * RenewalsPerDuration));
                if (lease.IsKept && dueAt - slack > now)
                {
                    next = dueAt;
                    break;
                }

                _due.Dequeue();
                if (!lease.IsKept) continue;
                due.Add(lease);
                _deadlines.Enqueue(lease, lease.ValidUntil);
            }

            while (_deadlines.TryPeek(out FabricLease? lease, out long until) && (until <= now || !lease.IsKept))
            {
                _deadlines.Dequeue();
                if (lease.IsKept && lease.ValidUntil <= now) late.Add(lease);
            }

            if (_deadlines.TryPeek(out _, out long deadline)) next = Math.Min(next, deadline);
            if (_wake.Task.IsCompleted) _wake = NewWake();
            return (due, late, next == long.MaxValue ? Timeout.InfiniteTimeSpan : _time.GetElapsedTime(now, next), _wake.Task);
        }
    }

    private async Task RenewAsync(NodeId home, (FabricLease Lease, LeaseExtent Extent)[] chunk)
    {
        OperationStatus[] statuses = new OperationStatus[chunk.Length];
        try
        {
            statuses = await _path.RenewAsync(home, Array.ConvertAll(chunk, pair => pair.Extent), _stopping.Token);
        }
        catch (Exception e) when (e is PoolDataLossException or PoolAccessDeniedException)
        {
            Array.Fill(statuses, e is PoolDataLossException ? OperationStatus.Lost : OperationStatus.WrongIncarnation);
        }
        catch (Exception)
        {
            // No answer yet: the lease stays valid until its time is up, and is tried again before.
            Array.Fill(statuses, OperationStatus.Busy);
        }

        for (int i = 0; i < chunk.Length; i++)
        {
            if (chunk[i].Lease.EndRenewal(statuses[i], chunk[i].Extent)) Judge(chunk[i].Lease);
        }
    }

    /// <summary>Decides what the answers for all extents of a lease mean.</summary>
    private void Judge(FabricLease lease)
    {
        long now = _time.GetTimestamp();
        switch (lease.TakeRenewal(out LeaseExtent refusedBy))
        {
            case OperationStatus.Ok:
                Keep(lease, lease.RenewalSentAt);
                break;
            case OperationStatus.Busy when now < lease.ValidUntil:
                Enqueue(lease, now + Stamps(lease.Duration / (4 * RenewalsPerDuration)));
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
