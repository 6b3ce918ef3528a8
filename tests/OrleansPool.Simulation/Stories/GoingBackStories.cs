using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>The store is restored from an old state: the pool map goes backwards.</summary>
internal static class GoingBackStories
{
    private static readonly StoryShape Frozen = new() { EndsWell = false };

    [Told]
    public static void Who_has_seen_a_newer_map_proposes_nothing_any_more_and_nothing_old_is_shown() => Story.Tell(Frozen, story =>
    {
        SimLease lease = MoveOnAndGoBack(story);
        SegmentRow known = story.A.Node.Map.Find(story.Segment)!;
        story.Until(() => story.A.Node.Map.IsFrozen && story.C.Node.Map.IsFrozen, "both members see that the map went back");
        long rootVersion = story.World.Store.Root.Version;
        story.Kill(story.A);
        ScriptCall read = story.Client.Read(lease).Insist();
        ScriptCall write = story.Client.Write(lease, 3).Insist();
        story.Pass(TimeSpan.FromSeconds(20));
        Assert.False(read.IsAnswered || write.IsAnswered, "nobody takes over, nobody answers");
        Assert.Equal(rootVersion, story.World.Store.Root.Version);
        Assert.Equal(known, story.C.Node.Map.Find(story.Segment));
    });

    [Told]
    public static void Whoever_was_expelled_stays_so_though_the_store_has_forgotten_it() => Story.Tell(Frozen, story =>
    {
        story.World.Store.Save();
        story.B.Do((node, now, outbox) =>
        {
            node.Map.Expel(story.A.Id);
            node.Map.Elapse(now, outbox);
        });
        story.Until(() => story.A.Node.Standing.Authority.IsExpelled, "a silo finds itself expelled");
        story.CutOff(story.A);
        story.Pass(TimeSpan.FromSeconds(2));

        // The store goes back, and one who has seen nothing writes on, until its version is above all that were seen before.
        story.Kill(story.B);
        story.World.Store.GoBack();
        story.Kill(story.C);
        story.World.StartSilo(story.C, sameAddress: false);
        story.CutOff(story.A);
        while (story.World.Store.Root.Version <= story.A.Node.Standing.Root.Version)
        {
            bool isTaken = false;
            story.C.Do((node, now, outbox) =>
            {
                node.Map.TakeRange(_ => isTaken = true);
                node.Map.Elapse(now, outbox);
            });
            story.Until(() => isTaken, "it has written the root");
        }

        story.World.MendStore(story.A);
        story.Until(() => story.A.Node.Standing.Root == story.World.Store.Root, "the expelled one reads it");
        Assert.False(story.World.Store.Root.HasExpelled(story.A.Id));
        Assert.True(story.A.Node.Standing.Authority.IsExpelled && story.A.Node.Standing.Authority.ValidUntil < story.A.Now, "it does not serve again");
    });

    /// <summary>A row with A and B, saved; then B is cut off and removed, C joins, a write is acknowledged, and the old state is restored.</summary>
    private static SimLease MoveOnAndGoBack(Story story)
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.World.Store.Save();
        story.CutOff(story.B);
        MessageRule late = story.Messages.Drop<RowNotice>(to: story.B);
        ScriptCall removes = story.Client.Write(lease, 2).Insist();
        story.Await(removes);
        story.Join(story.Segment, story.A, story.C);
        Assert.Equal([story.A.Id, story.C.Id], story.Row.InSync);
        story.World.Store.GoBack();
        late.Lift();
        return lease;
    }
}
