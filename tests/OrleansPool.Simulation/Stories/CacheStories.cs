using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A silo fetches copies of blocks while they change. A is the primary, B its backup, C the sharer.</summary>
internal static class CacheStories
{
    private static readonly StoryShape TwoCopies = new();

    [Told]
    public static void A_block_is_not_written_before_its_copies_are_dropped() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.Fetch(lease);
        MessageRule slow = story.Messages.Hold<Invalidate>(to: story.C);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => slow.Count > 0, "the copy is called back");
        story.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, sharer.Read(lease));
        Assert.False(write.IsAnswered, "the copy may still be shown");
        slow.Lift();
        story.Await(write);
        Assert.False(sharer.Shows(lease));
        Assert.Equal(2, sharer.Read(lease));
    });

    [Told]
    public static void A_comparison_that_fails_against_a_pending_write_tells_nobody_of_it_while_a_copy_may_be_shown() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.Fetch(lease);
        MessageRule slow = story.Messages.Hold<Invalidate>(to: story.C);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => slow.Count > 0, "the copy is called back");
        ScriptCall comparison = story.Client.CompareExchange(lease, expected: 1, desired: 9).SendTo(story.A);
        story.Pass(TimeSpan.FromMilliseconds(100));
        Assert.False(comparison.IsAnswered, "it would tell of bytes that are not committed");
        Assert.Equal(1, sharer.Read(lease));
        slow.Lift();
        story.Await(write);
        Assert.Equal(2, story.Await(comparison, OperationStatus.Mismatch).Value);
    });

    [Told]
    public static void A_fill_that_its_invalidation_overtakes_is_not_kept() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.Fetch(lease, block: 1);
        MessageRule fill = story.Messages.Hold<FillReply>(to: story.C);
        ScriptCall read = sharer.Ask(lease);
        story.Until(() => fill.Count > 0, "the fill is on its way");
        MessageRule invalidation = story.Messages.Delay<Invalidate>(default, to: story.C);
        story.Write(lease, 2);
        Assert.True(invalidation.Count > 0, "whoever was sent a fill is a sharer");
        fill.Lift();
        Assert.Equal(1, story.Await(read).Value);
        Assert.False(sharer.Shows(lease));
        Assert.Equal(2, sharer.Read(lease));
    });

    [Told]
    public static void A_fill_of_an_old_session_is_not_kept_under_the_new_one() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.Fetch(lease, block: 1);
        ulong session = sharer.RightFrom(story.A).Session;

        // The right is about to run out when the fill is asked for, the write ends with it, and then the right is renewed.
        MessageRule beats = story.Messages.Drop<Heartbeat>(from: story.C, to: story.A);
        PeerLink given = story.A.Node.Standing.Peers[story.C.Id];
        story.Pass(given.CacheGrantedUntil - story.A.Now - TimeSpan.FromMilliseconds(30));
        MessageRule fill = story.Messages.Hold<FillReply>(to: story.C);
        story.Messages.Drop<Invalidate>(to: story.C);
        ScriptCall read = sharer.Ask(lease);
        story.Until(() => fill.Count > 0, "the fill is on its way");
        Assert.Equal(session, ((FillReply)fill.Held[0].Content).CacheSession);
        story.Write(lease, 2);
        beats.Lift();
        story.Until(() => sharer.HasRightFrom(story.A), "the right is renewed");
        Assert.NotEqual(session, sharer.RightFrom(story.A).Session);

        fill.Lift();
        Assert.Equal(1, story.Await(read).Value);
        Assert.False(sharer.Shows(lease));
        Assert.Equal(2, sharer.Read(lease));
    });

    [Told]
    public static void A_fill_while_a_write_is_pending_is_not_kept() => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        sharer.Fetch(lease, block: 1);
        MessageRule slow = story.Messages.Hold<ReplicateAck>(from: story.B);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => slow.Count > 0, "the write is pending");
        Assert.Equal(1, sharer.Read(lease));
        Assert.False(sharer.Shows(lease));
        slow.Lift();
        story.Await(write);
        Assert.Equal(2, sharer.Read(lease));
    });

    [Told(true)]
    [Told(false)]
    public static void A_fill_that_is_not_kept_serves_only_those_who_waited_when_it_was_asked_for(bool mayKeep) => Story.Tell(TwoCopies, story =>
    {
        (SimLease lease, Sharer sharer) = Begin(story);
        if (mayKeep) sharer.Fetch(lease, block: 1);
        MessageRule fill = story.Messages.Hold<FillReply>(to: story.C);
        ScriptCall early = sharer.Ask(lease);
        story.Until(() => fill.Count > 0, "the fill is on its way");
        story.Write(lease, 2);
        ScriptCall late = sharer.Ask(lease);
        story.Pass(TimeSpan.FromMilliseconds(5));
        Assert.Equal(1, fill.Count);
        fill.Lift();
        Assert.Equal([1, 2], [story.Await(early).Value, story.Await(late).Value]);
    });

    [Told(false)]
    [Told(true)]
    public static void A_token_and_a_copy_of_another_holder_do_not_go_together(bool isHandedOn) => Story.Tell(TwoCopies, story =>
    {
        (SimLease old, Sharer sharer) = Begin(story);
        sharer.Fetch(old);
        SimLease fresh = Succeed(story, old, isHandedOn);
        Assert.False(sharer.Shows(old), "the copy went with the lease");
        Assert.Equal(isHandedOn ? 1 : 0, sharer.Read(fresh));
        story.Write(fresh, 7);
        sharer.Fetch(fresh);
        story.Await(sharer.Ask(old), OperationStatus.Fenced);
        Assert.Equal(7, sharer.Read(fresh));
        Assert.True(sharer.Shows(fresh), "an old token does not harm");
    });

    [Told(false)]
    [Told(true)]
    public static void A_copy_of_a_former_holder_that_could_not_be_called_back_is_shown_to_nobody(bool isHandedOn) => Story.Tell(TwoCopies, story =>
    {
        (SimLease old, Sharer sharer) = Begin(story);
        sharer.Fetch(old);
        MessageRule lost = story.Messages.Drop<Invalidate>(to: story.C);
        SimLease fresh = Succeed(story, old, isHandedOn);
        Assert.True(lost.Count > 0);
        story.Write(fresh, 7);
        story.Await(sharer.Ask(old), OperationStatus.Fenced);
        story.Until(() => sharer.HasRightFrom(story.A), "the right is renewed");
        story.Await(sharer.Ask(old), OperationStatus.Fenced);
        Assert.Equal(7, sharer.Read(fresh));
    });

    /// <summary>A lease of two blocks, with 1 in the first and 10 in the second, and the sharer.</summary>
    private static (SimLease Lease, Sharer Sharer) Begin(Story story)
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(blocks: 2);
        story.Write(lease, 1);
        story.Write(lease, 10, block: 1);
        return (lease, new Sharer(story, story.C));
    }

    /// <summary>The same blocks, in the hands of another holder.</summary>
    private static SimLease Succeed(Story story, SimLease old, bool isHandedOn)
    {
        story.Forget(old);
        if (isHandedOn)
        {
            LeaseView handed = story.Await(story.Client.OnLease(OperationKind.Transfer, old).Insist()).Result.Lease;
            return new SimLease(story.Segment, handed.Key, handed.ReadOnlyId, handed.Runs);
        }

        story.Await(story.Client.OnLease(OperationKind.Free, old).Insist());
        story.Pass(TimeSpan.FromMilliseconds(5));
        SimLease fresh = story.Lease(story.World.Geometry.BlockCount);
        Assert.Equal(old.Blocks[0], fresh.Blocks[0]);
        return fresh;
    }
}
