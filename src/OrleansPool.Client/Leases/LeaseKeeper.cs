using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>
/// Renews the leases that this process owns: each at a third of its duration, all that are due on one node in one call. A lease
/// that the node refuses, or that could not be renewed in time, is reported lost to its handle.
/// </summary>
/// <remarks>
/// Thread-safe. One loop, which sleeps while nothing is owned. The holder counts a lease's time from the moment at which the
/// renewal was <em>sent</em>, so it never believes in a lease longer than the memory's owner does.
/// </remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    /// <summary>Most leases renewed in one call.</summary>
    public const int CallExtentCountMax = 1000;

    private const int RenewalsPerDuration = 3;

    private readonly ISegmentPath _path;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<FabricLease, long> _due = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _wake = NewWake();
    private Task? _loop;

    public LeaseKeeper(ISegmentPath path, TimeProvider time)
    {
        _path = path;
        _time = time;
    }

    /// <summary>Begins to renew a lease that was taken or renewed by a call sent at some moment.</summary>
    public void Keep(FabricLease lease, long sentAt)
    {
        lease.ValidUntil = sentAt + Stamps(lease.Duration);
        lock (_lock)
        {
            long dueAt = sentAt + Stamps(lease.Duration / RenewalsPerDuration);
            bool isFirst = !_due.TryPeek(out _, out long earliest) || dueAt < earliest;
            _due.Enqueue(lease, dueAt);
            _loop ??= Task.Run(RunAsync);
            if (isFirst) _wake.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _wake.TrySetResult();
        if (_loop is { } loop) await loop;
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            (List<FabricLease> due, TimeSpan wait, Task wake) = TakeDue();
            if (due.Count > 0)
            {
                await Task.WhenAll(due.SelectMany(lease => lease.Extents.Select(extent => (lease, extent)))
                    .GroupBy(pair => pair.extent.Home)
                    .SelectMany(group => group.Chunk(CallExtentCountMax))
                    .Select(chunk => RenewAsync(chunk[0].extent.Home, chunk)));
                foreach (FabricLease lease in due) Judge(lease);
                continue;
            }

            try
            {
                await wake.WaitAsync(wait, _time, _stopping.Token);
            }
            catch (TimeoutException)
            {
                // The first lease is due.
            }
            catch (OperationCanceledException)
            {
                // The loop ends by its own condition.
            }
        }
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
                long slack = due.Count == 0 ? 0 : Stamps(lease.Duration / (4 * RenewalsPerDuration));
                if (dueAt - slack > now)
                {
                    wait = _time.GetElapsedTime(now, dueAt);
                    break;
                }

                due.Add(_due.Dequeue());
            }

            if (_wake.Task.IsCompleted) _wake = NewWake();
            return (due, wait, _wake.Task);
        }
    }

    private async Task RenewAsync(NodeId home, (FabricLease Lease, LeaseExtent Extent)[] chunk)
    {
        foreach ((FabricLease lease, _) in chunk) lease.RenewalSentAt = _time.GetTimestamp();
        OperationStatus[] statuses;
        try
        {
            statuses = await _path.RenewAsync(home, Array.ConvertAll(chunk, pair => pair.Extent), _stopping.Token);
        }
        catch (Exception e) when (e is PoolDataLossException or PoolAccessDeniedException)
        {
            statuses = new OperationStatus[chunk.Length];
            Array.Fill(statuses, e is PoolDataLossException ? OperationStatus.Lost : OperationStatus.WrongIncarnation);
        }
        catch (Exception)
        {
            // No answer yet: the lease stays valid until its time is up, and is tried again before.
            statuses = new OperationStatus[chunk.Length];
            Array.Fill(statuses, OperationStatus.Busy);
        }

        for (int i = 0; i < chunk.Length; i++) chunk[i].Lease.AddRenewal(statuses[i], chunk[i].Extent);
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
                lock (_lock) _due.Enqueue(lease, now + Stamps(lease.Duration / (4 * RenewalsPerDuration)));
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
