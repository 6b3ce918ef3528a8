using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Something else happens between a proposal and the word about it.</summary>
internal static class SettlementStories
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private static readonly StoryShape ThreeCopies = new() { Copies = 3 };

    [Told]
    public static void A_successor_whose_row_without_a_dead_member_was_not_written_proposes_it_again() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        story.Messages.Drop<Seal>(to: story.C);
        story.Kill(story.A);
        story.Until(() => story.Row.Primary == story.B.Id, "another is to take over");
        StoreRule removal = story.Writes.CatchRow(story.B, row => !row.Has(story.C.Id));
        story.Kill(story.C);
        story.Until(() => removal.Request is not null, "it proposes the row without the second dead");
        story.Until(() => story.Serves(story.B), "it opens in the end");
        Assert.Equal([story.B.Id], story.Row.InSync);
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void What_a_member_said_before_it_was_removed_does_not_count_for_those_who_are_left() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        MessageRule slow = story.Messages.Hold<SealReply>(from: story.C);
        story.Kill(story.A);
        story.Until(() => slow.Count > 0, "a member says how far it is");
        story.Kill(story.C);
        story.Until(() => !story.Row.Has(story.C.Id) && story.ReplicaAt(story.B) is { Role: ReplicaRole.Successor } replica && replica.Row == story.Row, "and is removed");
        slow.Lift();
        story.Until(() => story.Serves(story.B), "the last one opens");
        Assert.Equal(1, story.Read(lease));
        story.Write(lease, 2);
    });

    [Told]
    public static void A_move_gives_way_to_a_removal_that_was_proposed_meanwhile() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        MessageRule ready = story.Messages.Hold<MoveReady>(to: story.A);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => ready.Count > 0, "the receiver has all promises");
        StoreRule removal = story.Writes.CatchRow(story.A, row => !row.Has(story.C.Id));
        story.Kill(story.C);
        story.Until(() => removal.Request is not null, "the removal of a dead member is proposed");
        ready.Lift();
        story.Pass(Moment);
        removal.Land();
        removal.Reply();
        story.Pass(Moment);
        Assert.Equal(story.A.Id, story.Row.Primary);
        Assert.False(story.ReplicaAt(story.A)!.Primary.IsMoving);
        story.Write(lease, 2);
        MoveTo(story, story.B);
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_move_goes_on_if_the_row_changes_in_the_very_moment_in_which_it_began() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        story.Kill(story.C);
        story.A.Do((node, now, outbox) =>
        {
            // A store in the same process may answer before the clock has moved.
            Assert.True(node.TryMove(story.Segment, story.B.Id, now, outbox));
            node.Observe(story.World.Membership.View, now, outbox);
            StoreRequest removal = outbox.StoreRequests.Single(request => request.Content is PoolMapShard);
            outbox.StoreRequests.Remove(removal);
            node.Take(story.World.Store.Land(removal), now, outbox);
        });
        Assert.Equal([story.A.Id, story.B.Id], story.Row.InSync);
        story.Until(() => story.Serves(story.B), "it is handed on");
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void No_move_begins_while_a_member_is_being_made() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        SimLease lease = Begin(story);
        MessageRule slow = story.Messages.Hold<SnapshotPart>(to: story.D);
        story.BeginJoin(story.A, story.D);
        story.Until(() => slow.Count > 0, "the join is under way");
        bool begun = true;
        story.A.Do((node, now, outbox) => begun = node.TryMove(story.Segment, story.B.Id, now, outbox));
        Assert.False(begun);
        slow.Lift();
        story.Until(() => story.Row.Has(story.D.Id), "the joiner is a member");
        MoveTo(story, story.B);
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void A_joiner_that_is_declared_dead_while_its_proposal_is_under_way_is_not_proposed_again() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        StoreRule proposal = story.Writes.CatchRow(story.A, row => row.Has(story.C.Id));
        story.BeginJoin(story.A, story.C);
        story.Until(() => proposal.Request is not null, "it is proposed");

        // It does not know, and goes on promising.
        story.World.CutFromStore(story.C);
        story.DeclareDead(story.C);
        story.Until(() => story.Row.Joiner == default, "the proposal has not landed, and the joiner is dropped");
        Assert.Equal([story.A.Id, story.B.Id], story.Row.InSync);
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void A_silo_that_a_late_view_does_not_list_yet_is_not_taken_for_dead() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.World.CutFromStore(story.C);
        story.Kill(story.D);
        story.World.StartSilo(story.D, sameAddress: false);
        story.Until(() => story.D.Node.Standing.View.Counts(story.D.Id.Silo) && story.A.Node.Standing.View.Counts(story.D.Id.Silo), "a new silo is known");
        story.Join(story.Segment, story.A, story.D);
        MoveTo(story, story.D);
        story.Until(() => story.C.Node.Map.Find(story.Segment)?.Primary == story.D.Id, "whoever has the late view hears of the row");
        Assert.Equal(SiloState.Absent, story.C.Node.Standing.View.StateOf(story.D.Id.Silo));
        story.Pass(TimeSpan.FromSeconds(3));
        Assert.DoesNotContain(story.D.Id, story.World.Store.Root.Expelled);
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void A_silo_that_membership_has_forgotten_is_as_dead_as_one_that_it_calls_dead() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        story.A.Crash();
        story.World.Membership.Forget(story.A.Id.Silo);
        story.Until(() => story.Serves(story.B), "another takes over");
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void What_a_new_primary_fetches_is_taken_once_and_not_before_its_blocks_are_zeroed() => Story.Tell(ThreeCopies, story =>
    {
        SimLease lease = Begin(story);
        SimLease old = story.Lease(10);
        story.Forget(old);
        story.B.ZeroingTakes = TimeSpan.FromMilliseconds(400);
        story.Await(story.Client.OnLease(OperationKind.Free, old).Insist());
        story.Until(() => story.CopyAt(story.A)!.FreeBlockCount == 11 && story.CopyAt(story.C)!.FreeBlockCount == 11, "two have zeroed the blocks");
        MessageRule lost = story.Messages.Drop<Replicate>(to: story.B);
        ScriptCall alloc = story.Client.Alloc(story.Segment, 10, TimeSpan.FromHours(1)).SendTo(story.A);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => story.CopyAt(story.C)!.LastSequence == story.CopyAt(story.B)!.LastSequence + 2, "only one other has what came then");
        MessageRule twice = story.Messages.Repeat<FetchedEntries>(to: story.B);
        story.Kill(story.A);
        lost.Lift();
        Segment copy = story.CopyAt(story.B)!;
        story.Until(() => twice.Count > 0 && copy.LastSequence == story.CopyAt(story.C)!.LastSequence, "it has all in the end");
        Assert.Equal(ReplicaRole.Successor, copy.Replica!.Role);
        twice.Lift();
        story.Until(() => story.Serves(story.B), "it opens");
        story.B.ZeroingTakes = TimeSpan.Zero;
        story.Await(alloc.Insist());
        story.Await(write.Insist());
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_segment_that_was_declared_lost_before_its_maker_knew_of_it_is_nobody_s() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.B, story.C);
        int shard = -1;
        story.A.Do((node, now, outbox) =>
        {
            node.Map.TakeRange(taken => shard = taken);
            node.Map.Elapse(now, outbox);
        });
        story.Until(() => shard >= 0, "it has a range of ids");
        var id = new SegmentId(((ulong)shard * PoolMapShard.RowCountMax) + 1);
        StoreRule birth = story.Writes.CatchRow(story.A, row => row.Segment == id);
        story.A.Do((node, now, outbox) => node.TryBirth(id, "default", 2, now, outbox));
        story.Until(() => birth.Request is not null, "a row is written");
        birth.Land();
        story.CutOff(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.RowOf(id).State == SegmentState.Lost, "others declare the segment lost");
        story.World.MendStore(story.A);
        story.Until(() => story.A.Node.Map.Find(id) is { State: SegmentState.Lost }, "its maker reads that");
        Assert.False(story.A.Node.Segments.ContainsKey(id));
    });

    [Told]
    public static void A_silo_makes_no_segment_before_it_sees_itself_among_the_members() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.A, story.B);
        story.Kill(story.C);
        story.World.StartSilo(story.C, sameAddress: false);
        bool begun = true;
        story.C.Do((node, now, outbox) => begun = node.TryBirth(new SegmentId(999), "default", 2, now, outbox));
        Assert.False(begun);
        story.MakeSegment(story.C, story.A);
    });

    private static SimLease Begin(Story story)
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        return lease;
    }

    private static void MoveTo(Story story, SimSilo target) => story.Until(
        () =>
        {
            foreach (SimSilo silo in story.World.Silos)
            {
                if (story.Row.Primary == silo.Id && silo != target) silo.Do((node, now, outbox) => node.TryMove(story.Segment, target.Id, now, outbox));
            }

            return story.Serves(target);
        },
        "it is handed on");
}
