using OrleansPool.Core;
using OrleansPool.Core.Execution;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A silo has a segment to itself: nobody to wait for, every operation is committed at once, and its callers come on many threads.</summary>
internal static class LoneSiloStories
{
    [Told]
    public static void A_lease_lives_from_its_taking_to_its_end_without_anybody_else()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease(2, owner: "first");
        silo.Write(lease, lease.Runs[0].First, 5);
        Assert.Equal(7, silo.Do(Operation.Add(lease.Key, lease.Runs[0].First, 0, 2)).Value);
        Assert.Equal(7, silo.Do(Operation.CompareExchange(lease.Key, lease.Runs[0].First, 0, 6, 1), OperationStatus.Mismatch).Value);
        Assert.Equal(7, silo.Read(lease, lease.Runs[0].First));
        Assert.Equal(lease, silo.Do(Operation.OnLease(OperationKind.Inspect, lease.Key)).Lease with { Runs = lease.Runs });

        LeaseView kept = silo.Do(Operation.Keep(lease.Key, "region")).Lease;
        Assert.Equal(TimeSpan.MaxValue, silo.Do(Operation.Keep(lease.Key, "region")).Lease.Duration);
        KeptLease listed = Assert.Single(silo.Do(Operation.Plain(OperationKind.ListKept)).Kept!);
        Assert.Equal((kept.Key, 2, "region"), (listed.Key, listed.BlockCount, listed.Region));
        Assert.Equal((1, 1, 2), (silo.Segment.KeptCount, silo.Segment.LeaseCount, silo.Segment.LeasedBlockCount));

        LeaseView handed = silo.Do(Operation.OnLease(OperationKind.Transfer, lease.Key)).Lease;
        silo.Do(Operation.OnLease(OperationKind.Free, lease.Key), OperationStatus.Fenced);
        silo.Do(Operation.OnLease(OperationKind.Free, handed.Key));
        EndedLease ended = Assert.Single(silo.Ended);
        Assert.Equal(("first", 2), (ended.Owner, ended.BlockCount));
        Assert.Null(silo.Read(handed, handed.Runs[0].First));
        Assert.Equal((1, 1, 0, 1, 3), (silo.Segment.Counters.Leases, silo.Segment.Counters.Frees, silo.Segment.Counters.Expiries, silo.Segment.Counters.Fences, silo.Segment.Counters.Writes));
        Assert.True(silo.Executor.TryCheckIntegrity());
        SegmentGeometry geometry = silo.Segment.Geometry;
        Assert.True(geometry.MetadataBytes + geometry.LogBytes <= geometry.BookBytes, "what it knows of them fits beside its blocks");
    }

    [Told]
    public static void A_lease_that_nobody_renews_ends_by_itself_and_its_blocks_are_another_s()
    {
        using var silo = new LoneSilo();
        LeaseView old = silo.Lease(12, TimeSpan.FromSeconds(2));
        silo.Write(old, 0, 1);
        silo.Pass(TimeSpan.FromSeconds(1));
        silo.Do(Operation.OnLease(OperationKind.Renew, old.Key));
        silo.Pass(TimeSpan.FromSeconds(1.5));
        silo.Do(Operation.Alloc(1, TimeSpan.FromHours(1), "too early"), OperationStatus.Exhausted);
        silo.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, silo.Do(Operation.ListLeases(0, LeaseOrder.Oldest, 1)).Listed![0].ExpiresIn);
        silo.Pass(TimeSpan.FromSeconds(0.5));
        silo.Do(Operation.Write(old.Key, 0, 0, new byte[8]), OperationStatus.Expired);
        LeaseView next = silo.Lease(12);
        Assert.Equal(0, silo.Read(next, 0));
        Assert.Equal((1, 1), (silo.Segment.Counters.Expiries, silo.Segment.Counters.Exhaustions));
    }

    [Told]
    public static void A_segment_closes_when_nobody_has_a_lease_in_it_and_then_for_good()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease();
        silo.Do(Operation.Plain(OperationKind.Close), OperationStatus.Busy);
        silo.Do(Operation.OnLease(OperationKind.Free, lease.Key));
        silo.Do(Operation.Plain(OperationKind.Close));
        Assert.True(silo.Segment.IsClosed);
        silo.Do(Operation.Alloc(1, TimeSpan.FromHours(1), "late"), OperationStatus.NoSegment);
        Assert.False(silo.MoveHome());
        Assert.Null(silo.Read(lease, 0));
        Assert.False(silo.Segment.Peek(0, lease.Key.Generation, out _));
        Assert.Equal(Tick.Never, silo.Segment.WakeAt);
    }

    [Told]
    public static void A_reader_that_began_in_the_old_memory_is_refused_and_the_bytes_are_in_the_new()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease(2);
        silo.Write(lease, 1, 9);
        byte[] bytes = new byte[8];
        Assert.True(silo.Segment.Copy(1, lease.Key.Generation, 0, bytes, out ReadTicket ticket));
        Assert.True(silo.MoveHome());
        Assert.False(silo.Segment.Confirm(ticket, silo.Now));
        Assert.Equal(9, silo.Read(lease, 1));
        silo.Write(lease, 1, 10);
        Assert.Equal(10, silo.Read(lease, 1));
        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    [Told]
    public static void A_caller_that_finds_the_segment_busy_leaves_its_operation_and_is_told_by_whoever_is_at_work()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease();
        LoneAnswer? other = null;
        silo.Meanwhile(() => other = silo.Ask(Operation.Add(lease.Key, 0, 0, 2)));
        silo.Meanwhile(() => Assert.False(silo.Executor.TryCheckIntegrity() || silo.MoveHome(), "it is another's now"));
        silo.Meanwhile(silo.Executor.Sweep);
        Assert.Equal(1, silo.Do(Operation.Add(lease.Key, 0, 0, 1)).Value);
        Assert.Equal(ExecutionOutcome.Queued, other!.Outcome);
        Assert.Equal(3, other.Result.Value);
    }

    [Told]
    public static void Of_more_callers_than_there_is_room_for_the_last_is_turned_away_and_the_others_are_served_in_their_order()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease();
        var answers = new List<LoneAnswer>();
        silo.Meanwhile(() =>
        {
            for (int caller = 0; caller <= SegmentExecutor.InboxCapacity; caller++) answers.Add(silo.Ask(Operation.Add(lease.Key, 0, 0, 1)));
        });
        silo.Do(Operation.Add(lease.Key, 0, 0, 1));
        Assert.Equal(ExecutionOutcome.InboxFull, answers[^1].Outcome);
        Assert.Equal(SegmentExecutor.BatchCountMax, answers.Count(answer => answer.IsThere));
        silo.Pass(TimeSpan.FromSeconds(1));
        Assert.True(silo.DrainCount > 0, "what is left is for the host's threads");
        Assert.Equal(Enumerable.Range(2, SegmentExecutor.InboxCapacity), answers.SkipLast(1).Select(answer => (int)answer.Result.Value));
    }

    [Told]
    public static void A_session_of_a_lone_silo_gives_the_first_result_again_and_ends_when_it_was_idle_for_long()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease();
        var session = (ulong)silo.Do(Operation.Plain(OperationKind.OpenSession)).Value;
        Operation add = Operation.Add(lease.Key, 0, 0, 5, new RequestId(session, 1, 1));
        Assert.Equal(5, silo.Do(add).Value);
        Assert.Equal(5, silo.Do(add).Value);
        silo.Pass(SessionTable.IdleMax * 1.1);
        silo.Do(add, OperationStatus.Indeterminate);
        Assert.Equal(5, silo.Read(lease, 0));
    }
}
