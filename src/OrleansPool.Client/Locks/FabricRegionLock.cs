using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Locks;

/// <summary>A lock as this process holds it: renewed at a third of its duration, and given up when its time is over.</summary>
/// <remarks>
/// Its time counts from when the call that was answered was <em>sent</em>; the grain counts from when it arrived, or later. So this
/// process stops believing in it before anybody else can get it.
/// </remarks>
internal sealed class FabricRegionLock : RegionLock
{
    private const int RenewalsPerDuration = 3;
    private const int CallsPerDuration = 6;
    private const int ReleaseTryCountMax = 3;

    /// <summary>How long one release may take: a call to a silo that dies is otherwise given up only after Orleans' own 30 s.</summary>
    private static readonly TimeSpan ReleaseCallMax = TimeSpan.FromSeconds(3);

    private readonly IRegionLockGrain _grain;
    private readonly TimeProvider _time;
    private readonly PageTable _table;
    private readonly LockRequest _request;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private long _validUntil;
    private int _isReleased;

    public FabricRegionLock(IRegionLockGrain grain, TimeProvider time, PageTable table, LockRequest request, ulong fence, long sentAt)
    {
        _grain = grain;
        _time = time;
        _table = table;
        _request = request;
        Fence = new LockFence(table.Id, fence);
        _validUntil = sentAt + Stamps(request.Duration);
        _ = Task.Run(KeepAsync);
    }

    public override LockFence Fence { get; }

    public override IReadOnlyList<LockRange> Ranges => _request.Ranges;

    public override LockMode Mode => _request.Mode;

    public override CancellationToken Lost => _lost.Token;

    public override async ValueTask RenewAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isReleased != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfLost();
        switch (await TryRenewAsync(cancellationToken))
        {
            case LockStatus.Held: return;
            case LockStatus.NotHeld:
                _ = _lost.CancelAsync();
                ThrowIfLost();
                break;
        }

        throw Unavailable(null);
    }

    public override async ValueTask ReleaseAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _isReleased, 1) != 0, this);
        _ = _released.CancelAsync();
        ThrowIfLost();
        LockStatus status = LockStatus.AskAgain;
        Exception? failure = null;
        for (int tries = 0; tries < ReleaseTryCountMax && status == LockStatus.AskAgain; tries++)
        {
            try
            {
                status = await _grain.ReleaseAsync(_request.Id).WaitAsync(ReleaseCallMax, _time, cancellationToken);

                // The attempt whose answer was lost may have released it.
                if (status == LockStatus.NotHeld && failure is not null) return;
            }
            catch (Exception e) when (NodeCall.IsNoAnswer(e))
            {
                failure = e;
            }
        }

        if (status == LockStatus.Held) return;
        throw status == LockStatus.NotHeld ? Expired() : Unavailable(failure);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _isReleased) != 0) return;
        try
        {
            await ReleaseAsync();
        }
        catch (Exception)
        {
            // Gone already, or out of reach until its duration is up: either way it does not stay taken.
        }
    }

    private async Task KeepAsync()
    {
        TimeSpan interval = _request.Duration / RenewalsPerDuration;
        try
        {
            while (true)
            {
                TimeSpan left = Left;
                if (left <= TimeSpan.Zero) break;
                await Task.Delay(left < interval ? left : interval, _time, _released.Token);
                if (Left <= TimeSpan.Zero) break;
                LockStatus status = await TryRenewAsync(_released.Token);
                if (status == LockStatus.NotHeld) break;

                // No answer yet: it stays held until its time is up, and is tried again soon.
                interval = _request.Duration / (status == LockStatus.Held ? RenewalsPerDuration : 4 * RenewalsPerDuration);
            }

            await _lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    /// <summary>Renews once. A call that is not answered soon leaves time for another: a call to a silo that dies is lost.</summary>
    private async ValueTask<LockStatus> TryRenewAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = Left;
        if (left <= TimeSpan.Zero) return LockStatus.AskAgain;
        TimeSpan callMax = _request.Duration / CallsPerDuration;
        if (callMax > left) callMax = left;
        long sentAt = _time.GetTimestamp();
        try
        {
            LockStatus status = await _grain.RenewAsync(_request.Id).WaitAsync(callMax, _time, cancellationToken);
            if (status == LockStatus.Held) Extend(sentAt + Stamps(_request.Duration));
            return status;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever stood in the way, the lock is held until its time is up, and it is tried again before.
            return LockStatus.AskAgain;
        }
    }

    private TimeSpan Left => _time.GetElapsedTime(_time.GetTimestamp(), Interlocked.Read(ref _validUntil));

    private void Extend(long until)
    {
        for (long seen = Interlocked.Read(ref _validUntil); seen < until;)
        {
            long found = Interlocked.CompareExchange(ref _validUntil, until, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    private void ThrowIfLost()
    {
        if (_lost.IsCancellationRequested || Left <= TimeSpan.Zero) throw Expired();
    }

    private LeaseExpiredException Expired() => new(
        $"The lock with fence {Fence.Number} on region '{_table.Name}' ran out: it was not renewed within {_request.Duration}, or the region was deleted. Others may have held it since; lock anew and read before writing.",
        _table.Pool);

    private PoolUnavailableException Unavailable(Exception? cause) => new(
        $"The grain that keeps the locks of region '{_table.Name}' does not answer. The lock runs out by itself; try again in {PoolErrors.RetryAfter.TotalSeconds:0.#} s.",
        PoolErrors.RetryAfter, _table.Pool, innerException: cause);

    private long Stamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
