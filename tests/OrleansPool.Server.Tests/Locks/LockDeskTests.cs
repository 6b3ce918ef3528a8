using Microsoft.Extensions.Time.Testing;
using OrleansPool.Grains;
using OrleansPool.Server.Locks;
using OrleansPool.Server.Nodes;
using OrleansPool.Server.Storage;
using OrleansPool.Server.Tests.Storage;

namespace OrleansPool.Server.Tests.Locks;

/// <summary>In which order a lock is granted, and what two desks over one storage record do to each other. No thread, no grain, a clock of its own.</summary>
public sealed class LockDeskTests
{
    private static readonly Guid Region = Guid.NewGuid();
    private static readonly TimeSpan Park = TimeSpan.FromSeconds(4);
    private readonly StateRecord<RegionLockState> _record = new();
    private readonly ManualMemory _memory = new();
    private readonly FakeTimeProvider _time = new();

    /// <summary>Where fences begin, by the clock that has not moved yet.</summary>
    private static readonly ulong Base = (ulong)(new FakeTimeProvider().GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;

    [Fact]
    public async Task A_lock_is_in_storage_and_fenced_before_its_holder_hears_of_it()
    {
        (LockDesk desk, UnreliableState<RegionLockState> storage) = Desk();
        _memory.IsSlow = true;
        LockRequest request = Request();

        Task<LockReply> asked = desk.AskAsync(request, Park);

        Assert.Equal((1ul, request.Id), (_record.State.LastFence - Base, Assert.Single(_record.State.Locks).Request.Id));
        Assert.Equal(1, _memory.AskedCount);
        Assert.False(asked.IsCompleted);
        _memory.Acknowledge();
        Assert.Equal((LockStatus.Held, 1ul), Of(await asked));

        // Where storage does not answer, no owner is asked.
        storage.Plan([.. Enumerable.Repeat(WriteFate.Dropped, 10)]);
        Assert.Equal(LockStatus.AskAgain, (await desk.AskAsync(Request(50), Park)).Status);
        Assert.Equal((1, true), (_memory.AskedCount, desk.IsOver));
    }

    [Fact]
    public async Task Of_two_desks_one_decides_and_the_other_is_over_as_soon_as_it_tries()
    {
        (LockDesk first, _) = Desk();
        LockRequest holder = Request();
        Assert.Equal((LockStatus.Held, 1ul), Of(await first.AskAsync(holder, Park)));
        (LockDesk second, _) = Desk();
        Assert.Equal((LockStatus.Held, 2ul), Of(await second.AskAsync(Request(50), Park)));

        // The first still believes in itself; it can neither grant, nor renew, nor say that somebody holds nothing.
        Assert.Equal(LockStatus.AskAgain, (await first.AskAsync(Request(60), Park)).Status);
        Assert.True(first.IsOver);
        Assert.Equal(LockStatus.AskAgain, await first.RenewAsync(holder.Id));
        Assert.Equal(LockStatus.AskAgain, await first.ReleaseAsync(holder.Id));
        Assert.Equal(LockStatus.Held, await second.RenewAsync(holder.Id));
        Assert.Equal((LockStatus.Held, 3ul), Of(await second.AskAsync(Request(60), Park)));
    }

    [Fact]
    public async Task A_renewal_by_the_older_desk_keeps_the_newer_one_from_letting_the_lock_run_out()
    {
        (LockDesk older, _) = Desk();
        LockRequest holder = Request() with { Duration = TimeSpan.FromSeconds(10) };
        await older.AskAsync(holder, Park);
        (LockDesk newer, _) = Desk();
        Task<LockReply> next = newer.AskAsync(Request(), TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(LockStatus.Held, await older.RenewAsync(holder.Id));
        _time.Advance(TimeSpan.FromSeconds(2));

        newer.Wake();

        Assert.Equal(LockStatus.AskAgain, (await next).Status);
        Assert.True(newer.IsOver);
        Assert.Equal(holder.Id, Assert.Single(_record.State.Locks).Request.Id);

        // And the other way round: what the newer one let run out the older one cannot renew.
        (LockDesk latest, _) = Desk();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((LockStatus.Held, 2ul), Of(await latest.AskAsync(Request(), Park)));
        Assert.Equal(LockStatus.AskAgain, await older.RenewAsync(holder.Id));
    }

    [Fact]
    public async Task A_desk_that_takes_over_gives_every_holder_its_whole_duration_again()
    {
        (LockDesk first, _) = Desk();
        LockRequest holder = Request() with { Duration = TimeSpan.FromSeconds(10) };
        await first.AskAsync(holder, Park);
        _time.Advance(TimeSpan.FromSeconds(9));
        (LockDesk second, _) = Desk();
        Task<LockReply> next = second.AskAsync(Request(), TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(9.9));
        second.Wake();
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        second.Wake();
        Assert.Equal((LockStatus.Held, 2ul), Of(await next));
        Assert.Equal(LockStatus.NotHeld, await second.RenewAsync(holder.Id));
    }

    [Fact]
    public async Task Who_asks_again_after_a_lost_answer_holds_what_was_granted_and_its_fence_is_set_again()
    {
        (LockDesk first, _) = Desk();
        LockRequest request = Request();
        _memory.IsSlow = true;
        Task<LockReply> lost = first.AskAsync(request, Park);
        Assert.False(lost.IsCompleted);

        // The silo dies between storage and memory. The next one answers only after the fence.
        (LockDesk second, _) = Desk();
        Task<LockReply> again = second.AskAsync(request, Park);
        Assert.False(again.IsCompleted);
        Assert.Equal(2, _memory.AskedCount);
        _memory.Acknowledge();
        _memory.Acknowledge();
        Assert.Equal((LockStatus.Held, 1ul), Of(await again));
        Assert.Equal(2, _record.State.Version);
    }

    [Theory]
    [InlineData(LockStatus.AskAgain)]
    [InlineData(LockStatus.Full)]
    [InlineData(LockStatus.NoRegion)]
    public async Task Where_the_memory_does_not_take_the_fence_nothing_is_held(LockStatus status)
    {
        (LockDesk desk, _) = Desk();
        _memory.Plan(status);
        Assert.Equal(status, (await desk.AskAsync(Request(), Park)).Status);
        Assert.Empty(_record.State.Locks);
        Assert.Equal((LockStatus.Held, 2ul), Of(await desk.AskAsync(Request(), Park)));
    }

    [Fact]
    public async Task Storage_that_went_back_is_caught_by_the_memory_and_the_next_fence_is_above_what_it_knows()
    {
        _memory.Newest = Base + 77;
        (LockDesk desk, _) = Desk();
        LockRequest request = Request();
        Assert.Equal(LockStatus.AskAgain, (await desk.AskAsync(request, Park)).Status);
        Assert.Equal((LockStatus.Held, 78ul), Of(await desk.AskAsync(request, Park)));
    }

    [Fact]
    public async Task A_wait_is_answered_in_pieces_and_who_does_not_come_back_is_forgotten()
    {
        (LockDesk desk, _) = Desk();
        LockRequest holder = Request() with { Duration = TimeSpan.FromHours(1) };
        await desk.AskAsync(holder, Park);
        LockRequest gone = Request(), stays = Request();
        Task<LockReply> first = desk.AskAsync(gone, Park);
        Task<LockReply> second = desk.AskAsync(stays, Park);
        _time.Advance(Park);
        Assert.Equal((LockStatus.Waiting, LockStatus.Waiting), ((await first).Status, (await second).Status));
        second = desk.AskAsync(stays, TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(5));
        desk.Wake();
        Assert.Equal(1, desk.Describe().WaiterCount);
        Assert.Equal(LockStatus.Held, await desk.ReleaseAsync(holder.Id));
        Assert.Equal((LockStatus.Held, 2ul), Of(await second));
        Assert.Equal(LockStatus.NotHeld, await desk.ReleaseAsync(holder.Id));
        Assert.Equal(LockStatus.NotHeld, await desk.ReleaseAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_release_while_the_fence_is_on_its_way_leaves_nothing_behind()
    {
        (LockDesk desk, _) = Desk();
        _memory.IsSlow = true;
        LockRequest request = Request();
        Task<LockReply> asked = desk.AskAsync(request, Park);
        Assert.Equal(LockStatus.Held, await desk.ReleaseAsync(request.Id));
        _memory.Acknowledge();
        Assert.Equal(LockStatus.NotHeld, (await asked).Status);
        Assert.Empty(_record.State.Locks);
        Assert.Empty(desk.Describe().Held);
    }

    [Fact]
    public async Task Locks_of_a_deleted_region_are_cleared_from_storage()
    {
        (LockDesk desk, _) = Desk();
        await desk.AskAsync(Request(), Park);
        Task<LockReply> waiting = desk.AskAsync(Request(), Park);
        desk.End(Region);
        Assert.Equal(LockStatus.NoRegion, (await waiting).Status);
        Assert.Equal(0, _record.State.Version);

        // Whoever begins without a record begins above what was given out.
        _time.Advance(TimeSpan.FromSeconds(1));
        (LockDesk later, _) = Desk();
        Assert.True((await later.AskAsync(Request() with { Region = Guid.NewGuid() }, Park)).Fence > Base + 2);
        Assert.True(later.Describe().Held.Count == 1 && _record.State.Version == 1);
        desk = Desk().Desk;
        Assert.Equal((LockStatus.Held, 1_000_002ul), Of(await desk.AskAsync(Request() with { Region = Guid.NewGuid() }, Park)));
    }

    private (LockDesk Desk, UnreliableState<RegionLockState> Storage) Desk()
    {
        var storage = new UnreliableState<RegionLockState>(_record);
        storage.ReadStateAsync();
        return (new LockDesk(new VersionedStore<RegionLockState>(storage, "locks"), _memory, new HostClock(_time), _ => { }), storage);
    }

    private static LockRequest Request(long offset = 0) => new(
        Region, Guid.NewGuid(), LockMode.Exclusive, 1, [new LockRange(offset, 8)], TimeSpan.FromSeconds(10), TimeSpan.FromHours(2), "test");

    private static (LockStatus Status, ulong Fence) Of(LockReply reply) => (reply.Status, reply.Fence - Base);
}
