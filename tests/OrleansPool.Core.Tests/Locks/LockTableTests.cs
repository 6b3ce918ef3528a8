using CsCheck;
using OrleansPool.Core.Locks;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Locks;

public sealed class LockTableTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);
    private static readonly Guid Region = Guid.NewGuid();
    private readonly LockTable _table = new();
    private Tick _now = new(1_000_000);

    [Fact]
    public void A_thousand_who_wait_are_served_in_order_each_under_a_higher_fence()
    {
        LockRequest[] requests = [.. Enumerable.Range(0, 1000).Select(_ => Exclusive(0, 8))];
        foreach (LockRequest request in requests) Assert.Equal(LockStatus.Waiting, _table.Ask(request, _now).Status);
        ulong last = 0;
        foreach (LockRequest request in requests)
        {
            LockHolder granted = Assert.Single(_table.Step(_now).Granted);
            Assert.Same(request, granted.Request);
            Assert.True(granted.Fence > last);
            last = granted.Fence;
            Assert.Empty(_table.Step(_now).Granted);
            Assert.True(_table.Release(request.Id));
        }
    }

    [Fact]
    public void Nobody_overtakes_on_the_same_bytes_and_disjoint_ones_do_not_wait()
    {
        LockHolder reader = Granted(Shared(0, 100));
        LockRequest writer = Exclusive(50, 100);
        _table.Ask(writer, _now);
        LockRequest later = Shared(90, 5);
        _table.Ask(later, _now);
        LockRequest apart = Exclusive(150, 10);
        _table.Ask(apart, _now);

        Assert.Equal([apart], _table.Step(_now).Granted.Select(holder => holder.Request));
        _table.Release(reader.Request.Id);
        Assert.Equal([writer], _table.Step(_now).Granted.Select(holder => holder.Request));
        _table.Release(writer.Id);
        Assert.Equal([later], _table.Step(_now).Granted.Select(holder => holder.Request));
        _table.CheckIntegrity();
    }

    [Fact]
    public void A_semaphore_counts_by_the_byte_and_everybody_names_its_slots()
    {
        Granted(Shared(0, 10, 2));
        Granted(Shared(10, 10, 2));
        LockHolder across = Granted(Shared(5, 10, 2));
        LockRequest third = Shared(9, 1, 2);
        _table.Ask(third, _now);
        Assert.Empty(_table.Step(_now).Granted);
        Assert.Equal((LockStatus.SlotsDiffer, 2), (_table.Ask(Shared(0, 1, 3), _now).Status, _table.Ask(Shared(0, 1, 3), _now).Slots));
        Assert.Equal(LockStatus.Waiting, _table.Ask(Shared(30, 1, 3), _now).Status);
        _table.Release(across.Request.Id);
        Assert.Contains(third, _table.Step(_now).Granted.Select(holder => holder.Request));
        _table.CheckIntegrity();
    }

    [Fact]
    public void A_lock_lasts_exactly_its_duration_from_its_fence_or_its_renewal()
    {
        LockHolder holder = Granted(Exclusive(0, 1), fence: false);
        Assert.Equal(Tick.Never, _table.WakeAt);
        _now += TimeSpan.FromHours(1);
        Assert.Empty(_table.Step(_now).Expired);
        Assert.True(_table.Fenced(holder, _now));
        Assert.Equal(_now + Duration, _table.WakeAt);
        _now += TimeSpan.FromSeconds(9);
        Assert.True(_table.Renew(holder.Request.Id, _now));
        Assert.True(_table.Step(_now).MustWrite);
        _now += Duration - TimeSpan.FromTicks(1);
        Assert.Empty(_table.Step(_now).Expired);
        _now += TimeSpan.FromTicks(1);
        Assert.False(_table.Renew(holder.Request.Id, _now));
        LockChanges changes = _table.Step(_now);
        Assert.Equal((holder, true), (Assert.Single(changes.Expired), changes.MustWrite));
        Assert.False(_table.Release(holder.Request.Id));
        Assert.False(_table.Fenced(holder, _now));
    }

    [Fact]
    public void Nobody_is_served_at_or_after_the_deadline_and_who_does_not_wait_gets_what_is_free()
    {
        LockHolder holder = Granted(Exclusive(0, 1));
        LockRequest early = Exclusive(0, 1) with { Wait = TimeSpan.FromSeconds(1) };
        LockRequest late = Exclusive(0, 1) with { Wait = TimeSpan.FromSeconds(2) };
        _table.Ask(early, _now);
        _table.Ask(late, _now);
        Assert.Empty(_table.Step(_now).TimedOut);
        Assert.Equal(_now + early.Wait, _table.WakeAt);
        _now += early.Wait;
        _table.Release(holder.Request.Id);
        LockChanges changes = _table.Step(_now);
        Assert.Equal([early.Id], changes.TimedOut);
        Assert.Equal([late], changes.Granted.Select(granted => granted.Request));

        LockRequest free = Exclusive(5, 1) with { Wait = TimeSpan.Zero };
        LockRequest taken = Exclusive(0, 1) with { Wait = TimeSpan.Zero };
        _table.Ask(free, _now);
        _table.Ask(taken, _now);
        _now += TimeSpan.FromMilliseconds(3);
        changes = _table.Step(_now);
        Assert.Equal([free], changes.Granted.Select(granted => granted.Request));
        Assert.Equal([taken.Id], changes.TimedOut);
    }

    [Fact]
    public void Who_does_not_ask_again_loses_the_place_and_who_does_keeps_it()
    {
        LockHolder holder = Granted(Exclusive(0, 1));
        LockRequest gone = Exclusive(0, 1), back = Exclusive(0, 1), third = Exclusive(0, 1);
        foreach (LockRequest request in new[] { gone, back, third }) _table.Ask(request, _now);
        _table.LetGo(gone.Id, _now);
        _table.LetGo(back.Id, _now);
        _now += LockTable.ForgetAfter - TimeSpan.FromTicks(1);
        _table.Ask(back, _now);
        _now += TimeSpan.FromTicks(1);
        Assert.Equal([gone.Id], _table.Step(_now).TimedOut);
        _table.Release(holder.Request.Id);
        Assert.Equal([back], _table.Step(_now).Granted.Select(granted => granted.Request));
        Assert.True(_table.Release(third.Id));
        Assert.Equal(0, _table.WaiterCount);
    }

    [Fact]
    public void Who_gave_up_before_the_request_came_gets_nothing()
    {
        LockRequest late = Exclusive(0, 1);
        Assert.False(_table.Release(late.Id));
        Assert.Equal(LockStatus.TimedOut, _table.Ask(late, _now).Status);
        Assert.Equal(0, _table.WaiterCount);
        LockHolder next = Granted(Exclusive(0, 1));
        Assert.True(_table.Release(next.Request.Id));
    }

    [Fact]
    public void What_was_granted_is_granted_to_who_asks_again()
    {
        LockHolder holder = Granted(Exclusive(0, 1));
        _now += TimeSpan.FromSeconds(9);
        LockReply again = _table.Ask(holder.Request, _now);
        Assert.Equal((LockStatus.Held, holder.Fence), (again.Status, again.Fence));
        Assert.True(_table.Step(_now).MustWrite);
        Assert.Equal(_now + Duration, _table.WakeAt);
    }

    [Fact]
    public void A_region_made_anew_has_no_old_holders_and_holders_and_waiters_are_bounded()
    {
        LockHolder old = Granted(Exclusive(0, 100));
        LockHolder made = Granted(Exclusive(0, 100) with { Region = Guid.NewGuid() });
        Assert.Empty(_table.EarlierOf(made));
        Assert.Empty(_table.End(Region));
        Assert.Equal([made], _table.Holders);
        Assert.False(_table.Fenced(old, _now));

        for (int i = 1; i < LockTable.HolderCountMax; i++) Granted(Exclusive(i, 1));
        _table.Ask(Exclusive(100_000, 1), _now);
        Assert.Empty(_table.Step(_now).Granted);
        for (int i = 1; i < LockTable.WaiterCountMax; i++) _table.Ask(Exclusive(0, 1), _now);
        Assert.Equal(LockStatus.Full, _table.Ask(Exclusive(0, 1), _now).Status);
    }

    private enum Act
    {
        Ask, Release, Renew, Step, Advance, Reload, Raise,
    }

    /// <summary>Whatever is asked for: holders never exclude each other, fences only rise, and nobody's time is shortened.</summary>
    [Fact]
    public void Random_streams_keep_every_invariant() =>
        Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 30], Gen.Int[0, 1000]).Array[1, 150].Sample(
            stream =>
            {
                LockTable table = new();
                Tick now = new(1);
                List<LockRequest> asked = [];
                Dictionary<Guid, Tick> promised = [];
                ulong last = 0;
                foreach ((Act act, int a, int b) in stream)
                {
                    LockRequest? known = asked.Count == 0 ? null : asked[b % asked.Count];
                    switch (act)
                    {
                        case Act.Ask:
                            bool isAlone = b % 3 == 0;
                            LockRequest request = Of(isAlone ? LockMode.Exclusive : LockMode.Shared, isAlone ? 1 : 2, new(a, 1 + (b % 7)), new(40 + (b % 5), 2)) with
                            {
                                Duration = TimeSpan.FromMilliseconds(100 + b),
                                Wait = TimeSpan.FromMilliseconds(b % 4 * 100),
                            };
                            asked.Add(request);
                            table.Ask(request, now);
                            break;
                        case Act.Release when known is not null:
                            table.Release(known.Id);
                            promised.Remove(known.Id);
                            break;
                        case Act.Renew when known is not null && table.Renew(known.Id, now):
                            promised[known.Id] = now + known.Duration;
                            break;
                        case Act.Advance: now += TimeSpan.FromMilliseconds(a * 5); break;
                        case Act.Raise: table.RaiseTo((ulong)b); break;
                        case Act.Reload:
                            // Another activation takes over what is written.
                            var loaded = new LockTable(table.LastFence);
                            foreach (LockHolder holder in table.Holders) loaded.Load(holder.Request, holder.Fence, now);
                            table = loaded;
                            break;
                    }

                    LockChanges changes = table.Step(now);
                    foreach (LockHolder granted in changes.Granted)
                    {
                        Assert.True(granted.Fence > last && changes.MustWrite);
                        last = granted.Fence;
                        table.Fenced(granted, now);
                        promised[granted.Request.Id] = now + granted.Request.Duration;
                    }

                    foreach (LockHolder expired in changes.Expired) Assert.True(promised[expired.Request.Id] <= now, "a promise is kept");
                    last = Math.Max(last, table.LastFence);
                    table.CheckIntegrity();
                    Assert.True(table.WakeAt > now);
                }
            },
            iter: 2_000, threads: 1);

    private static LockRequest Exclusive(long offset, long bytes) => Of(LockMode.Exclusive, 1, new LockRange(offset, bytes));

    private static LockRequest Shared(long offset, long bytes, int slots = LockOptions.SlotsMax) => Of(LockMode.Shared, slots, new LockRange(offset, bytes));

    private static LockRequest Of(LockMode mode, int slots, params LockRange[] ranges) => new(Region, Guid.NewGuid(), mode, slots, ranges, Duration, Wait, "");

    private LockHolder Granted(LockRequest request, bool fence = true)
    {
        _table.Ask(request, _now);
        LockHolder granted = Assert.Single(_table.Step(_now).Granted);
        if (fence) Assert.True(_table.Fenced(granted, _now));
        return granted;
    }
}
