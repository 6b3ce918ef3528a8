using OrleansPool.Core.Replication;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A silo that has the only copy of a segment is declared dead and is not: nobody's promise stops it, only its authority.</summary>
internal static class AuthorityStories
{
    [Told]
    public static void A_silo_whose_store_is_in_its_own_process_serves_as_long_as_it_lives() => Story.Tell(new StoryShape { Silos = 1, Copies = 1, IsStoreInProcess = true }, story =>
    {
        story.MakeSegment(story.A);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.World.Store.IsAway = true;
        story.Pass(TimeSpan.FromMinutes(9));
        story.Write(lease, 2);
        Assert.Equal(2, story.Read(lease));
    });

    private static readonly StoryShape OneCopy = new() { Copies = 1 };

    [Told]
    public static void The_word_of_those_who_know_a_newer_root_does_not_stand_in_for_it() => Story.Tell(OneCopy, story =>
    {
        SimLease lease = Begin(story);
        story.World.CutFromStore(story.A);
        story.Until(() => story.A.Node.Standing.Authority.NeedsOthers(story.A.Now), "it relies on the others");
        story.DeclareDead(story.A);
        AwaitLoss(story);
        PeerLink other = story.A.Node.Standing.Peers[story.C.Id];
        Assert.True(story.A.Now - other.AnsweredAt < story.World.Times.ReadLease, "the others answer it still");
        StopsAndTellsTheLoss(story, lease);
    });

    [Told]
    public static void A_root_that_was_read_before_a_long_sleep_gives_no_authority_after_it() => Story.Tell(OneCopy, story =>
    {
        SimLease lease = Begin(story);
        story.World.CutFromStore(story.A);
        story.Pass(TimeSpan.FromSeconds(1));
        story.World.MendStore(story.A);
        story.Writes.WhenRootIsAsked(story.A, story.A.Stop);
        story.Until(() => story.A.IsPaused, "it has asked for the root");
        story.Pass(TimeSpan.FromMilliseconds(100));
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        AwaitLoss(story);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Pass(TimeSpan.FromMilliseconds(5));
        story.A.Wake();
        story.Until(() => write.Refusal is not null || write.IsAnswered, "it says something");
        Assert.Equal(OperationStatus.Unavailable, write.Refusal);
        StopsAndTellsTheLoss(story, lease);
    });

    [Told]
    public static void A_silo_that_finds_itself_expelled_in_the_root_stops_though_it_can_read_nothing_else() => Story.Tell(OneCopy, story =>
    {
        SimLease lease = Begin(story);
        foreach (SimSilo other in (SimSilo[])[story.B, story.C]) story.Cut(story.A, other);
        story.Writes.LoseShards(story.A);
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.World.Store.Root.HasExpelled(story.A.Id), "it is expelled");
        story.Pass(TimeSpan.FromMilliseconds(100));
        story.World.MendStore(story.A);
        AwaitLoss(story);
        Assert.True(story.A.Node.Map.Root.Known.HasExpelled(story.A.Id));
        Assert.Equal(SegmentState.Active, story.A.Node.Map.Find(story.Segment)!.State);
        StopsAndTellsTheLoss(story, lease);
    });

    private static SimLease Begin(Story story)
    {
        story.MakeSegment(story.A);
        SimLease lease = story.Lease();
        story.Write(lease, 1);

        // Whoever has said that it knows everybody does not have to be waited for as long as one who may hear nothing of the others.
        NodeId[] others = [story.B.Id, story.C.Id];
        story.Until(
            () => Array.TrueForAll(others, other => story.B.Node.Standing.KnewOf(story.A.Id, other) && story.C.Node.Standing.KnewOf(story.A.Id, other)),
            "it has told the others that it knows them");
        return lease;
    }

    private static void AwaitLoss(Story story) => story.Until(
        () => story.B.Node.IsLost(story.Segment, story.B.Now) && story.C.Node.IsLost(story.Segment, story.C.Now),
        "the loss counts", story.World.Times.LossDelay + TimeSpan.FromSeconds(5));

    private static void StopsAndTellsTheLoss(Story story, SimLease lease)
    {
        Assert.False(story.Serves(story.A));
        ScriptCall read = story.Client.Read(lease).SendTo(story.A);
        story.Until(() => read.Refusal is not null || read.IsAnswered, "it says something");
        Assert.False(read.IsAnswered);
        story.AwaitLost(read);
    }
}
