using OrleansPool.Core;
using OrleansPool.Core.Locks;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Locks;

/// <summary>Where the locks of one region are asked for: a <see cref="LockTable"/> with its storage, its memory, and the callers that wait.</summary>
/// <remarks>
/// <para>A lock is granted in this order: nobody excludes it any more; the table that says so, under a new and higher fence, is in
/// storage under its ETag; every owner of the memory has acknowledged the fence; the caller is told. So two desks of one region are
/// harmless: storage lets one of them change anything, renewals included, and the other, once it tries, is over and
/// answers <see cref="LockStatus.AskAgain"/> to everybody.</para>
/// <para>One loop writes; whatever came in meanwhile goes with the next write. Not thread-safe: all calls run on one scheduler, as
/// those of a grain do, and interleave.</para>
/// </remarks>
/// <param name="store">Storage of the table.</param>
/// <param name="memory">The memory.</param>
/// <param name="clock">The clock.</param>
/// <param name="wake">Told when to call <see cref="Wake"/>; each call replaces the one before.</param>
internal sealed class LockDesk(VersionedStore<RegionLockState> store, ILockedMemory memory, HostClock clock, Action<Tick> wake)
{
    private readonly LockTable _table = Load(store.Current, clock);
    private readonly Dictionary<Guid, TaskCompletionSource<LockReply>> _calls = [];
    private TaskCompletionSource<bool> _written = NewWrite();
    private bool _isRunning;
    private bool _isWanted;
    private bool _hasEnded;

    /// <summary>Whether another desk has taken over, or storage is out of reach: this one decides nothing any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why it is over.</summary>
    public Exception? Reason { get; private set; }

    /// <summary>See <see cref="IRegionLockGrain.AskAsync"/>.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="answerWithin">After this time the answer is Waiting.</param>
    public async Task<LockReply> AskAsync(LockRequest request, TimeSpan answerWithin)
    {
        LockStatus status = await memory.CheckAsync(request);
        if (status != LockStatus.Held) return new LockReply(status);
        if (IsOver) return new LockReply(LockStatus.AskAgain);
        LockReply first = _table.Ask(request, clock.Now);
        if (first.Status is not (LockStatus.Waiting or LockStatus.Held)) return first;

        var call = new TaskCompletionSource<LockReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_calls.Remove(request.Id, out TaskCompletionSource<LockReply>? before)) before.SetResult(new LockReply(LockStatus.AskAgain));
        _calls[request.Id] = call;
        if (first.Status == LockStatus.Held) _ = GrantAgainAsync(request.Id);
        else Run();
        try
        {
            return await call.Task.WaitAsync(answerWithin, clock.Time);
        }
        catch (TimeoutException)
        {
            if (_calls.GetValueOrDefault(request.Id) == call) _calls.Remove(request.Id);
            _table.LetGo(request.Id, clock.Now);
            wake(_table.WakeAt);
            return new LockReply(LockStatus.Waiting);
        }
    }

    /// <summary>See <see cref="IRegionLockGrain.RenewAsync"/>.</summary>
    public async Task<LockStatus> RenewAsync(Guid id)
    {
        if (IsOver) return LockStatus.AskAgain;
        bool isHeld = _table.Renew(id, clock.Now);

        // Whether it is not held, too, only the newest table knows.
        if (!isHeld) _table.Confirm();
        if (!await WriteAsync()) return LockStatus.AskAgain;
        return isHeld ? LockStatus.Held : LockStatus.NotHeld;
    }

    /// <summary>See <see cref="IRegionLockGrain.ReleaseAsync"/>.</summary>
    public async Task<LockStatus> ReleaseAsync(Guid id)
    {
        if (IsOver) return LockStatus.AskAgain;
        bool wasHeld = _table.Release(id);
        Answer(id, new LockReply(LockStatus.NotHeld));
        if (!wasHeld) _table.Confirm();
        if (!await WriteAsync()) return LockStatus.AskAgain;
        return wasHeld ? LockStatus.Held : LockStatus.NotHeld;
    }

    /// <summary>See <see cref="IRegionLockGrain.EndAsync"/>. Waits for nothing, because the region may be waiting for this.</summary>
    public void End(Guid region)
    {
        if (IsOver) return;
        foreach (Guid id in _table.End(region)) Answer(id, new LockReply(LockStatus.NoRegion));
        _hasEnded = true;
        if (store.Current.Version > 0) _table.Confirm();
        Run();
    }

    /// <summary>Something may have run out.</summary>
    public void Wake() => Run();

    /// <summary>See <see cref="IRegionLockGrain.DescribeAsync"/>.</summary>
    public RegionLocks Describe() => new(
        [.. _table.Holders.Select(holder => new HeldLock(holder.Fence, holder.Request.Mode, holder.Request.Ranges, holder.Request.Owner))],
        _table.WaiterCount);

    private static TaskCompletionSource<bool> NewWrite() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Makes the table of what is in storage. Where nothing is, because no lock was ever taken, or storage lost it, fences begin at the
    /// clock's microseconds: above all that an earlier table can have given out, so that no number is used twice.
    /// </summary>
    private static LockTable Load(RegionLockState state, HostClock clock)
    {
        if (state.Version == 0) return new LockTable((ulong)(clock.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds);
        var table = new LockTable(state.LastFence);
        foreach (LockRow row in state.Locks) table.Load(row.Request, row.Fence, clock.Now);
        return table;
    }

    /// <summary>Waits until what was changed by now is in storage.</summary>
    /// <returns>False if it will not be: the desk is over.</returns>
    private Task<bool> WriteAsync()
    {
        Task<bool> written = _written.Task;
        Run();
        return written;
    }

    private void Run()
    {
        _isWanted = true;
        if (!_isRunning && !IsOver) _ = RunAsync();
    }

    private async Task RunAsync()
    {
        _isRunning = true;
        try
        {
            while (_isWanted && !IsOver)
            {
                _isWanted = false;
                LockChanges changes = _table.Step(clock.Now);
                foreach (Guid id in changes.TimedOut) Answer(id, new LockReply(LockStatus.TimedOut));
                if (changes.MustWrite) await WriteTableAsync();
                foreach (LockHolder holder in changes.Granted) _ = FenceAsync(holder);
            }
        }
        catch (Exception e)
        {
            GiveUp(e);
        }
        finally
        {
            _isRunning = false;
        }

        if (!IsOver) wake(_table.WakeAt);
    }

    private async Task WriteTableAsync()
    {
        TaskCompletionSource<bool> written = _written;
        _written = NewWrite();
        bool isLeftOver = _hasEnded && _table.Holders.Count == 0;
        _hasEnded = false;
        try
        {
            if (isLeftOver)
            {
                await store.ClearAsync();
            }
            else
            {
                RegionLockState next = store.Current.Next();
                next.LastFence = _table.LastFence;
                next.Locks = [.. _table.Holders.Select(holder => new LockRow(holder.Request, holder.Fence))];
                await store.WriteAsync(next);
            }
        }
        catch
        {
            written.SetResult(false);
            throw;
        }

        written.SetResult(true);
    }

    /// <summary>A caller asks again for what was granted: its answer was lost, or its fence was never set.</summary>
    private async Task GrantAgainAsync(Guid id)
    {
        if (!await WriteAsync()) return;
        if (_table.Holders.FirstOrDefault(holder => holder.Request.Id == id) is { } held) await FenceAsync(held);
    }

    private async Task FenceAsync(LockHolder holder)
    {
        LockStatus status;
        ulong newest = 0;
        try
        {
            ulong[] living = [.. _table.Holders.Select(other => other.Fence)];
            (status, newest) = await memory.FenceAsync(holder.Request, holder.Fence, _table.EarlierOf(holder), living);
        }
        catch (Exception)
        {
            // An owner does not answer and is not known to be gone: whether it lets the former holder write cannot be known.
            status = LockStatus.AskAgain;
        }

        if (IsOver) return;
        Guid id = holder.Request.Id;
        if (status == LockStatus.Held)
        {
            if (_table.Fenced(holder, clock.Now)) Answer(id, new LockReply(LockStatus.Held, holder.Fence));
            wake(_table.WakeAt);
            return;
        }

        // An owner that knows a newer lock than this table means that storage went back, or that this desk is over; the next write tells.
        if (status == LockStatus.NotHeld) _table.RaiseTo(newest);
        if (_table.Release(id, isByCaller: false)) Answer(id, new LockReply(status == LockStatus.NotHeld ? LockStatus.AskAgain : status));
        Run();
    }

    private void Answer(Guid id, LockReply reply)
    {
        if (_calls.Remove(id, out TaskCompletionSource<LockReply>? call)) call.TrySetResult(reply);
    }

    private void GiveUp(Exception reason)
    {
        IsOver = true;
        Reason = reason;
        foreach (TaskCompletionSource<LockReply> call in _calls.Values) call.TrySetResult(new LockReply(LockStatus.AskAgain));
        _calls.Clear();
        _written.TrySetResult(false);
    }
}
