using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansPool.Client.Routing;
using OrleansPool.Core;
using OrleansPool.Core.Locks;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Locks;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Placement;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Grains;

/// <summary>The locks of one region: checks what a call asks for and hands it to the desk. Holds no unique state.</summary>
[PoolLoadPlacement]
[Reentrant]
internal sealed partial class RegionLockGrain(
    [PersistentState("locks", OrleansPoolOptions.StorageName)] IPersistentState<RegionLockState> state,
    ISegmentPath path, TimeProvider time, ILogger<RegionLockGrain> logger) : Grain, IRegionLockGrain
{
    /// <summary>How long a call may stand open: well below the time after which its caller gives it up and asks again.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(3);

    private readonly HostClock _clock = new(time);
    private string _name = "";
    private LockDesk _desk = null!;
    private IGrainTimer _timer = null!;
    private bool _isLeaving;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                _desk.Wake();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });
        _name = this.GetPrimaryKeyString();
        var memory = new LockedMemory(path, GrainFactory.GetGrain<IRegionGrain>(_name));
        _desk = new LockDesk(new VersionedStore<RegionLockState>(state, "locks"), memory, _clock, WakeAt);
        WakeAt(_clock.Now);
        return Task.CompletedTask;
    }

    public async Task<LockReply> AskAsync(LockRequest request)
    {
        Validate(request);
        return await OrLeaveAsync(_desk.AskAsync(request, AnswerWithin));
    }

    public async Task<LockStatus> RenewAsync(Guid id) => await OrLeaveAsync(_desk.RenewAsync(id));

    public async Task<LockStatus> ReleaseAsync(Guid id) => await OrLeaveAsync(_desk.ReleaseAsync(id));

    public Task EndAsync(Guid region)
    {
        _desk.End(region);
        return Task.CompletedTask;
    }

    public Task<RegionLocks> DescribeAsync() => Task.FromResult(_desk.Describe());

    /// <summary>The client has checked all of this for its user; a caller of the grain may not have.</summary>
    private static void Validate(LockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.Ranges);
        ArgumentNullException.ThrowIfNull(request.Owner);
        int slotsMax = request.Mode == LockMode.Exclusive ? 1 : LockOptions.SlotsMax;
        bool isRight = request.Id != Guid.Empty && Enum.IsDefined(request.Mode) && request.Slots >= 1 && request.Slots <= slotsMax
            && request.Ranges.Length is > 0 and <= LockOptions.RangeCountMax && LockOverlaps.AreMerged(request.Ranges)
            && request.Duration >= LockOptions.DurationMin && request.Duration <= LockOptions.DurationMax
            && request.Wait >= TimeSpan.Zero && request.Wait <= LockOptions.WaitUpToMax && request.Owner.Length <= LockOptions.OwnerLengthMax;
        if (!isRight)
        {
            throw new ArgumentException(
                $"This is no request for a lock: an id, {LockMode.Exclusive} with 1 slot or {LockMode.Shared} with 1 to {LockOptions.SlotsMax}, 1 to {LockOptions.RangeCountMax} ranges in order that neither meet nor touch, a duration from {LockOptions.DurationMin} to {LockOptions.DurationMax}, a wait up to {LockOptions.WaitUpToMax}. It says: {request}.",
                nameof(request));
        }
    }

    /// <summary>Waits for an answer; where the desk turns out to be over, this activation ends and makes room for one that is not.</summary>
    private async Task<T> OrLeaveAsync<T>(Task<T> answer)
    {
        T result = await answer;
        if (_desk.IsOver && !_isLeaving)
        {
            _isLeaving = true;
            LogOver(_name, _desk.Reason);
            DeactivateOnIdle();
        }

        return result;
    }

    private void WakeAt(Tick at)
    {
        TimeSpan wait = at == Tick.Never ? Timeout.InfiniteTimeSpan : at - _clock.Now;

        // A little after the moment, so that what runs out then has run out; a timer has whole milliseconds.
        if (at != Tick.Never) wait = TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, int.MaxValue));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The locks of region '{Region}' are looked after elsewhere now")]
    private partial void LogOver(string region, Exception? reason);
}
