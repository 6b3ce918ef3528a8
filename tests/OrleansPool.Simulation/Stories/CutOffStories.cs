using OrleansPool.Core;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Silos that are cut off, wholly or in part.</summary>
internal static class CutOffStories
{
    [Told]
    public static void A_silo_that_is_cut_from_the_store_alone_goes_on_by_the_word_of_all_others() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.World.CutFromStore(story.A);
        Tick lastRead = story.A.Node.Standing.Authority.RootReadAt;
        story.Until(
            () =>
            {
                Assert.True(story.Serves(story.A));
                return story.A.Now > lastRead + (story.World.Times.Authority * 3);
            },
            "its authority from the root is long over");
        story.Write(lease, 1);

        // One of the others falls silent: its word is missing.
        story.C.Stop();
        story.Until(() => !story.Serves(story.A), "it stops by itself", story.World.Times.Authority + TimeSpan.FromSeconds(1));
    });

    [Told]
    public static void A_silo_that_is_cut_from_one_peer_removes_it_and_goes_on() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Cut(story.A, story.B);
        ScriptCall write = story.Client.Write(lease, 1).Insist();
        story.Until(() => write.IsAnswered || !story.Row.Has(story.B.Id), "the silent one is removed");
        Assert.False(write.IsAnswered, "nothing is committed without a member");
        story.Await(write);
        story.Write(lease, 2);
        Assert.Equal([story.A.Id], story.Row.InSync);
    });

    [Told(true, false)]
    [Told(false, false)]
    [Told(false, true)]
    public static void A_pair_that_is_cut_off_has_stopped_before_its_segment_may_be_made_anew(bool knewEverybody, bool knewNobody) => Story.Tell(new StoryShape { Silos = 5 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        SimSilo[] rest = [story.C, story.D, story.World.Silos[4]];
        if (!knewEverybody)
        {
            // Whoever declares the loss came after the pair was cut off: the pair cannot miss its word. If the pair knew of the deaths of all others,
            // each of the two has the word of everybody it knows, and goes on for as long as that may replace the root.
            if (!knewNobody) story.CutOff(story.A, story.B);
            foreach (SimSilo silo in rest) story.Kill(silo);
            SimSilo[] pair = [story.A, story.B];
            if (knewNobody) story.Until(() => pair.All(one => !rest.Any(silo => one.Node.Standing.View.Counts(silo.Id.Silo))), "the pair knows that the others are dead");
            story.CutOff(story.A, story.B);
            foreach (SimSilo silo in rest) story.World.StartSilo(silo, sameAddress: false);
        }

        story.CutOff(story.A, story.B);
        story.Write(lease, 1);
        story.DeclareDead(story.A);
        story.DeclareDead(story.B);
        ScriptCall write = story.Client.Write(lease, 2);
        story.Until(
            () =>
            {
                if (!story.Serves(story.A)) return rest.Any(silo => silo.Node.IsLost(story.Segment, silo.Now));
                Assert.DoesNotContain(rest, silo => silo.Node.IsLost(story.Segment, silo.Now));
                return false;
            },
            "the rest may make it anew", story.World.Times.LossDelayMax + TimeSpan.FromMinutes(1));
        Assert.False(story.Serves(story.A) || story.Serves(story.B));
        write.SendTo(story.A);
        story.Until(() => write.Refusal is not null, "the cut-off one refuses");

        SegmentId anew = story.MakeSegment(story.C, story.D);
        Assert.NotEqual(story.Segment, anew);
        SimLease again = story.Lease(segment: anew);
        story.Write(again, 3);
        story.AwaitLost(write);
    });

    [Told]
    public static void A_backup_that_is_heard_but_never_acknowledges_is_removed_and_writes_go_on() => Story.Tell(new StoryShape(), story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        MessageRule mute = story.Messages.Drop<ReplicateAck>(from: story.B);
        ScriptCall write = story.Client.Write(lease, 1).Insist();
        story.Until(() => !story.Row.Has(story.B.Id), "it is removed");
        Assert.True(mute.Count > 0);
        story.Await(write);
        story.Write(lease, 2);
        Assert.Equal(story.A.Id, story.Row.Primary);
    });

    [Told]
    public static void Of_two_silos_one_that_never_acknowledges_is_removed_by_its_own_consent() => Story.Tell(new StoryShape { Silos = 2 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Messages.Drop<ReplicateAck>(from: story.B);
        MessageRule beats = story.Messages.Drop<HeartbeatReply>(from: story.B);
        MessageRule consent = story.Messages.Hold<LeaveRequest>(from: story.B);
        ScriptCall write = story.Client.Write(lease, 1).Insist();
        story.Until(() => consent.Count > 0, "it consents");
        Assert.True(story.Row.Has(story.B.Id), "not before it consents: no majority hears the primary");
        Assert.False(write.IsAnswered);
        consent.Lift();
        story.Await(write);
        beats.Lift();
        Assert.Equal([story.A.Id], story.Row.InSync);
    });
}
