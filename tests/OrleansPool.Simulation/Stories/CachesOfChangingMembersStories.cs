using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>
/// The members of a segment change while a sharer keeps copies of its blocks, and does not hear of it. A is the primary, B its backup, C the sharer.
/// </summary>
internal static class CachesOfChangingMembersStories
{
    private static readonly StoryShape TwoCopies = new();

    private static readonly StoryShape FourSilos = new() { Silos = 4, Copies = 3 };

    [Told]
    public static void A_join_is_not_proposed_before_all_copies_are_called_back() => Story.Tell(FourSilos, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        MessageRule slow = story.Messages.Hold<InvalidateAck>(from: story.C);
        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.D.Id, now, outbox));
        story.Until(() => slow.Count > 0, "the copy is called back");
        story.Pass(TimeSpan.FromMilliseconds(200));
        Assert.False(story.Row.Has(story.D.Id), "the sharer may keep its copy still");
        slow.Lift();
        story.Until(() => story.Row.Has(story.D.Id), "the joiner is a member");
        sharer.Fetch(lease);
    });

    [Told]
    public static void A_copy_from_before_a_join_does_not_outlast_the_joiner_s_promises() => Story.Tell(FourSilos, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        story.Join(story.Segment, story.A, story.D);
        sharer.Fetch(lease);

        // The joiner takes over, and the other member promises on: it hears of the new row, not of who was expelled.
        story.Cut(story.A, story.D);
        story.World.CutFromStore(story.A);
        story.World.CutFromStore(story.B);
        story.Messages.Drop<RowNotice>(to: story.A);
        sharer.HearsNoNews();
        sharer.KeepReading(lease);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.D), "the joiner takes over");
        story.Write(lease, 2);
        Assert.True(story.A.Node.Standing.Peers[story.B.Id].HeldUntil > story.A.Now && sharer.HasRightFrom(story.A), "all others promise on");
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.False(sharer.Shows(lease));
    });

    [Told]
    public static void A_takeover_outlasts_the_copies_of_a_sharer_that_the_new_primary_does_not_know() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        story.World.CutFromStore(story.A);
        sharer.HearsNoNews();
        sharer.KeepReading(lease);
        Core.Tick last = default;
        PeerLink given = story.B.Node.Standing.Peers[story.A.Id];
        story.DeclareDead(story.A);
        story.Until(
            () =>
            {
                last = given.GrantedAt;
                return given.IsRefused;
            },
            "the other member promises nothing more");
        Assert.True(sharer.Shows(lease));
        story.Until(() => story.Serves(story.B), "the other member takes over");
        Assert.True(story.B.Now >= last + story.World.Times.TakeoverWait);
        Assert.True(sharer.HasRightFrom(story.A), "the former primary goes on promising");
        Assert.False(sharer.Shows(lease));
        story.Write(lease, 2);
        story.Pass(TimeSpan.FromSeconds(1));
    });

    [Told]
    public static void A_move_collects_all_copies_while_the_segment_is_served() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        MessageRule slow = story.Messages.Hold<InvalidateAck>(from: story.C);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => slow.Count > 0, "the copy is called back");
        story.Write(lease, 20, block: 1);
        Assert.Equal(1, sharer.Read(lease));
        Assert.Equal(20, sharer.Read(lease, block: 1));
        Assert.False(sharer.Shows(lease) || sharer.Shows(lease, block: 1), "no new copies while it moves");
        Assert.True(story.Serves(story.A));
        Assert.Equal(story.A.Id, story.Row.Primary);
        slow.Lift();
        story.Until(() => story.Serves(story.B), "the other member serves");
    });

    [Told]
    public static void A_sharer_that_does_not_hear_of_a_move_shows_nothing_that_the_new_primary_writes_over() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.HearsNoNews();
        sharer.KeepReading(lease);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => story.Serves(story.B), "the other member serves");
        story.Write(lease, 2);
        story.Pass(TimeSpan.FromMilliseconds(300));
        Assert.True(sharer.HasRightFrom(story.A));
        Assert.Equal(story.A.Id, story.C.Node.Map.Find(story.Segment)!.Primary);
        Assert.False(sharer.Shows(lease));
    });

    /// <summary>A lease of two blocks, with 1 in the first, of which the sharer has a copy.</summary>
    private static (SimLease Lease, Sharer Sharer) Begin(Story story)
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(blocks: 2);
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);
        return (lease, sharer);
    }
}
