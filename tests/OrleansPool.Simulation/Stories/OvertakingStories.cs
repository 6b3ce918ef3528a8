using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A write waits for a copy of its block, and one of another block overtakes it: then a member is to be made, with the state of one moment.</summary>
internal static class OvertakingStories
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30);

    [Told]
    public static void While_a_joiner_waits_for_the_state_of_one_moment_nothing_is_committed_out_of_order() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        (SimLease lease, ScriptCall slow, MessageRule callback) = Overtake(story, story.C);
        story.BeginJoin(story.A, story.D);
        story.Until(() => story.ReplicaAt(story.A)!.Primary.CommitsInOrder, "the join waits");
        Assert.Contains("joining (parts 0 of , copied 0", story.Draw(), StringComparison.Ordinal);
        ScriptCall alloc = story.Client.Alloc(story.Segment, 1, TimeSpan.FromHours(1)).SendTo(story.A);
        ScriptCall open = story.NewClient().OpenSession(story.Segment).SendTo(story.A);
        story.Pass(Moment);
        Assert.False(slow.IsAnswered || alloc.IsAnswered || open.IsAnswered, "all wait their turn");
        callback.Lift();
        story.Await(slow);
        story.Await(alloc);
        story.Await(open);
        AssertSurvives(story, lease, story.D);
    });

    [Told]
    public static void A_primary_with_too_few_copies_catches_up_with_what_was_overtaken_for_the_sake_of_the_next_one() => Story.Tell(new StoryShape { Silos = 5, Copies = 3, InSyncMin = 3 }, story =>
    {
        SimSilo sharer = story.World.Silos[4];
        story.MakeSegment(story.A, story.B);
        story.Join(story.Segment, story.A, story.C);
        (SimLease lease, ScriptCall slow, MessageRule callback) = Overtake(story, sharer);
        Segment primary = story.CopyAt(story.A)!;
        MessageRule acks = story.Messages.Hold<ReplicateAck>(from: story.B);
        ScriptCall later = story.Client.Write(lease, 3).SendTo(story.A);
        story.Until(() => primary.Stream.Pending.Count == 2, "another write waits behind the first");
        story.Kill(story.C);
        story.Until(() => story.Row.InSync.Length == 2 && story.ReplicaAt(story.A)!.Row == story.Row, "too few copies are left");
        story.BeginJoin(story.A, story.D);
        story.Until(() => story.ReplicaAt(story.A)!.Primary.CommitsInOrder, "the join waits");
        callback.Lift();
        story.Until(() => primary.CommittedSequence == primary.LastSequence - 1, "what was overtaken is caught up with");
        acks.Lift();
        story.Until(() => story.Row.Has(story.D.Id), "there are enough again");
        story.Await(slow.Insist());
        story.Await(later.Insist());
        Assert.Equal(3, story.Read(lease));
    });

    /// <summary>Of two blocks the first has a copy that cannot be called back, and is written; then the second is.</summary>
    private static (SimLease Lease, ScriptCall Slow, MessageRule Callback) Overtake(Story story, SimSilo sharer)
    {
        SimLease lease = story.Lease(2);
        story.Write(lease, 1);
        new Sharer(story, sharer).Fetch(lease);
        MessageRule callback = story.Messages.Hold<Invalidate>(to: sharer);
        ScriptCall slow = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => callback.Count > 0, "the copy is called back");
        story.Write(lease, 20, block: 1);
        Segment primary = story.CopyAt(story.A)!;
        Assert.True(primary.CommittedSequence + 1 < primary.LastSequence && !slow.IsAnswered, "it was overtaken");
        return (lease, slow, callback);
    }

    private static void AssertSurvives(Story story, SimLease lease, SimSilo joiner)
    {
        story.Until(() => story.Row.Has(joiner.Id) && joiner.Node.Map.Find(story.Segment) == story.Row, "the joiner is a member");
        story.Kill(story.A);
        story.Kill(story.B);
        story.Until(() => story.Serves(joiner), "it serves alone");
        Assert.Equal([2, 20], [story.Read(lease), story.Read(lease, block: 1)]);
    }
}
