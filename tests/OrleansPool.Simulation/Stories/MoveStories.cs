using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A segment changes hands in good order, and silos come and go.</summary>
internal static class MoveStories
{
    /// <summary>What a planned move may stop a segment for: the drain, and one write to the store.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private static readonly StoryShape TwoCopies = new();

    [Told(false)]
    [Told(true)]
    public static void A_planned_move_is_a_pause_of_milliseconds_though_the_former_primary_dies_right_after(bool dies) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => !story.Serves(story.A), "the primary stops");
        ScriptCall add = story.Client.Add(lease, 10).SendTo(story.A);
        story.Until(() => story.Serves(story.B), "the other one serves", Pause);
        if (dies) story.Kill(story.A);
        ScriptCall read = story.Client.Read(lease).SendTo(story.B);
        if (!dies) story.Until(() => read.IsAnswered, "nobody waits out a lease", Pause);
        Assert.Equal(1, story.Await(read.Insist()).Value);
        Assert.Equal(11, story.Await(add.Insist()).Value);

        // A member that is dead is removed; no lease of a takeover is waited for.
        if (dies) story.Until(() => !story.Row.Has(story.A.Id), "the dead one is removed");
        Assert.Equal(story.B.Id, story.Row.Primary);
    });

    [Told]
    public static void Whoever_was_given_a_segment_and_dies_before_it_opens_is_followed_by_the_former_primary() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        StoreRule row = story.Writes.CatchRow(story.A, written => written.Primary == story.B.Id);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => row.Request is not null, "the row is written");
        story.Kill(story.B);
        row.Land();
        row.Reply();
        story.Until(() => story.Serves(story.A), "the former primary takes it back");
        story.Write(lease, 2);
        Assert.Equal([story.A.Id], story.Row.InSync);
    });

    [Told]
    public static void A_silo_leaves_in_good_order_after_everything_has_moved_away() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SegmentId other = story.MakeSegment(story.B, story.A);
        SimLease lease = story.Lease();
        SimLease lease2 = story.Lease(segment: other);
        story.World.Planner.Begin();
        story.World.Membership.Set(story.A.Id.Silo, SiloState.Leaving);
        story.A.Do((node, _, _) => node.Standing.IsLeaving = true);
        NodeId leaving = story.A.Id;
        long longest = 0;
        for (long value = 1; story.World.Store.Rows.Any(row => row.Has(leaving) || row.Joiner == leaving); value++)
        {
            long begun = story.World.Queue.Now;
            story.Write(lease, value);
            story.Write(lease2, value);
            longest = Math.Max(longest, story.World.Queue.Now - begun);
            Assert.InRange(value, 1, 100_000);
        }

        Assert.InRange(new TimeSpan(longest), TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
        long last = story.Read(lease);
        story.Kill(story.A);
        Assert.All(story.World.Store.Rows, row => Assert.Equal(2, row.InSync.Length));
        Assert.Equal(last, story.Read(lease));
        Assert.Equal(last, story.Read(lease2));
    });

    [Told]
    public static void Every_silo_is_restarted_one_after_the_other_and_nothing_is_lost() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SegmentId other = story.MakeSegment(story.C, story.A);
        SimLease[] leases = [story.Lease(), story.Lease(segment: other)];
        story.World.Planner.Begin();
        long value = 0;
        foreach (SimSilo silo in story.World.Silos)
        {
            foreach (SimLease lease in leases) story.Write(lease, ++value);
            silo.Crash();
            ScriptCall[] writes = [.. leases.Select(lease => story.Client.Write(lease, ++value).Insist())];
            story.DeclareDead(silo);
            foreach (ScriptCall write in writes) story.Await(write);
            story.World.StartSilo(silo, sameAddress: false);
            story.Until(
                () => story.World.Store.Rows.All(row => row.InSync.Length == 2 && row.Joiner == default),
                "there are two copies of everything again");
        }

        Assert.Equal(value - 1, story.Read(leases[0]));
        Assert.Equal(value, story.Read(leases[1]));
        Assert.All(story.World.Store.Rows, row => Assert.Equal(SegmentState.Active, row.State));
    });

    [Told(false)]
    [Told(true)]
    public static void Whoever_has_proposed_to_hand_on_shows_nothing_any_more_though_it_never_learns_that_it_has(bool hearsOfAnEarlierChange) => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        StoreRule removal = story.Writes.CatchRow(story.A, row => !row.Has(story.C.Id));
        if (hearsOfAnEarlierChange)
        {
            // The reply to the change before comes when the next one is proposed: it says nothing about that one.
            story.C.Do((node, _, outbox) => node.AskToLeave(story.Segment, outbox));
            story.Until(() => removal.Request is not null, "a removal is proposed");
            removal.Land();
            story.B.Do((node, now, outbox) =>
            {
                node.Map.WantRead(story.Segment);
                node.Map.Elapse(now, outbox);
            });
            story.Until(() => story.ReplicaAt(story.A)!.Row == story.Row, "the primary hears of it from another member");
        }

        StoreRule handing = story.Writes.CatchRow(story.A, row => row.Primary == story.B.Id);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => !story.Serves(story.A), "the primary stops");
        if (hearsOfAnEarlierChange) removal.Reply();
        story.Until(() => handing.Request is not null, "the new row is proposed");
        handing.Land();

        // Nobody tells it, and it cannot read the map. Its promises from others stay in force.
        story.World.CutFromStore(story.A);
        story.Messages.Drop<RowNotice>(to: story.A);
        story.Messages.Drop<Replicate>(to: story.A);
        ScriptCall write = story.Client.Write(lease, 2).Insist();
        ScriptCall[] reads = [.. Enumerable.Range(0, 200).Select(_ => story.Client.Read(lease))];
        foreach (ScriptCall read in reads)
        {
            read.SendTo(story.A);
            story.Pass(TimeSpan.FromMilliseconds(20));
        }

        Assert.True(write.IsAnswered, "the new primary goes on without the silent one");
        Assert.True(story.A.Node.Standing.Authority.ValidUntil > story.A.Now);
        Assert.All(reads, read => Assert.False(read.IsAnswered));
    });
}
