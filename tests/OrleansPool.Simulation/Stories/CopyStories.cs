using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Something happens to the copy of a joiner while it is made, or to what is said of it.</summary>
internal static class CopyStories
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private static readonly StoryShape ThreeSilos = new();

    [Told(0)]
    [Told(ReplicationTimes.PartBytesMax + 1)]
    public static void No_part_of_a_copy_is_empty_or_larger_than_a_frame(int bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => new ReplicationTimes { PartBytes = bytes });

    [Told]
    public static void A_joiner_that_lacks_an_operation_of_before_it_was_needed_is_not_proposed() => Story.Tell(ThreeSilos, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        MessageRule acks = story.Messages.Hold<CopyAck>(where: ack => ack.Number == LastPart(story));
        BeginJoin(story);
        story.Until(() => acks.Count > 0, "the joiner has all blocks, and its primary does not know yet");

        // Committed by the members of before: the joiner's acknowledgement does not count yet.
        MessageRule stream = story.Messages.Hold<Replicate>(to: story.C);
        story.Write(lease, 2);
        acks.Lift();
        story.Pass(Moment);
        Assert.False(story.Row.Has(story.C.Id), "the joiner lacks an operation that was acknowledged");
        stream.Lift();
        SurvivesAlone(story, lease, 2);
    });

    [Told]
    public static void An_image_of_a_block_that_was_leased_again_since_it_was_made_is_not_used() => Story.Tell(ThreeSilos, story =>
    {
        int count = story.World.Geometry.BlockCount;
        story.MakeSegment(story.A, story.B);
        SimLease first = story.Lease(count);
        story.Write(first, 1);
        MessageRule copies = story.Messages.Hold<CopyBlocks>();
        BeginJoin(story);
        story.Until(() => copies.Count > 0, "the first image is on its way");
        copies.Stop();
        story.Await(story.Client.OnLease(OperationKind.Free, first).Insist());
        story.Forget(first);
        story.Pass(Moment / 10);
        SimLease second = story.Lease(count);
        Assert.Equal(first.Blocks[0], second.Blocks[0]);
        copies.Lift();
        story.Until(() => story.Row.Has(story.C.Id) && story.Row.Joiner == default, "the joiner is a member");
        SurvivesAlone(story, second, 0);
    });

    [Told]
    public static void What_a_member_acknowledged_in_its_earlier_copy_does_not_count_for_its_new_one() => Story.Tell(ThreeSilos, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);

        // An operation that one member has acknowledged, in a message that is on its way for long, and the other has not.
        MessageRule early = story.Messages.Hold<ReplicateAck>(from: story.C);
        MessageRule mute = story.Messages.Hold<ReplicateAck>(from: story.B);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => early.Held.Count > 0 && mute.Held.Count > 0, "both have it");
        early.Stop();
        story.C.Do((node, _, outbox) => node.AskToLeave(story.Segment, outbox));
        story.Until(() => !story.Row.Has(story.C.Id) && story.ReplicaAt(story.A)!.Row == story.Row, "one of them leaves");
        story.Until(() => story.CopyAt(story.C) is null, "and gives its copy away");

        MessageRule stream = story.Messages.Drop<Replicate>(to: story.C, where: replicate => replicate.Entries.Length > 0);
        BeginJoin(story);
        story.Until(() => stream.Count > 0, "it joins anew, and the operation is not in what it gets first");
        early.Lift();
        mute.Lift();
        story.Await(write);
        Assert.False(story.Row.Has(story.C.Id), "it lacks an operation");
        stream.Lift();
        SurvivesAlone(story, lease, 2);
    });

    [Told]
    public static void A_member_takes_no_block_for_a_new_holder_before_it_has_zeroed_it() => Story.Tell(ThreeSilos, story =>
    {
        int count = story.World.Geometry.BlockCount;
        story.MakeSegment(story.A, story.B);
        SimLease first = story.Lease(count);
        story.Write(first, 1);
        story.B.ZeroingTakes = Moment;
        story.Await(story.Client.OnLease(OperationKind.Free, first).Insist());
        story.Forget(first);
        story.Until(() => story.CopyAt(story.A)!.FreeBlockCount == count, "the primary has zeroed the blocks");
        ScriptCall alloc = story.Client.Alloc(story.Segment, count, TimeSpan.FromHours(1)).SendTo(story.A);
        story.Pass(Moment / 2);
        Assert.False(alloc.IsAnswered, "the other member has not");
        story.B.ZeroingTakes = TimeSpan.Zero;
        story.Await(alloc.Insist());
    });

    [Told]
    public static void A_joiner_that_missed_a_change_of_the_row_and_began_anew_is_not_taken_for_the_one_that_had_everything() => Story.Tell(new StoryShape { Silos = 5, Copies = 4 }, story =>
    {
        SimSilo sharer = story.World.Silos[4];
        story.MakeSegment(story.A, story.B, story.D);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        new Sharer(story, sharer).Fetch(lease);

        // The joiner has everything. It is not proposed before a copy that somebody keeps has been called back.
        MessageRule slow = story.Messages.Hold<Invalidate>(to: sharer);
        BeginJoin(story);
        story.Until(() => story.ReplicaAt(story.A)!.Primary.Join is { IsRequired: true } && slow.Count > 0, "the copy is called back");

        // It does not hear of one change of the row, but of the next.
        story.World.CutFromStore(story.C);
        MessageRule[] deaf = [story.Messages.Drop<Replicate>(to: story.C), story.Messages.Drop<RowNotice>(to: story.C)];
        story.B.Do((node, _, outbox) => node.AskToLeave(story.Segment, outbox));
        story.Until(() => !story.Row.Has(story.B.Id) && story.ReplicaAt(story.A)!.Row == story.Row, "one member leaves");
        story.Until(() => story.ReplicaAt(story.D)!.Row == story.Row, "the other one knows");
        story.D.Do((node, _, outbox) => node.AskToLeave(story.Segment, outbox));
        story.Until(() => !story.Row.Has(story.D.Id) && story.ReplicaAt(story.A)!.Row == story.Row, "and another");
        foreach (MessageRule rule in deaf) rule.Lift();
        story.Until(() => story.CopyAt(story.C) is null || story.ReplicaAt(story.C)!.Row == story.Row, "it hears of the newest row");
        slow.Lift();
        story.Write(lease, 2);
        Assert.Equal([story.A.Id], story.Row.InSync);
    });

    private static int LastPart(Story story)
    {
        int blocks = Math.Max(1, story.World.Times.PartBytes / story.World.Geometry.BlockBytes);
        return (story.World.Geometry.BlockCount + blocks - 1) / blocks;
    }

    private static void BeginJoin(Story story)
    {
        bool hasBegun = false;
        story.Until(
            () =>
            {
                if (!hasBegun) story.A.Do((node, now, outbox) => hasBegun = node.TryJoin(story.Segment, story.C.Id, now, outbox));
                return hasBegun;
            },
            "the join begins");
    }

    /// <summary>The joiner becomes a member, everybody else dies, and the bytes are there.</summary>
    private static void SurvivesAlone(Story story, SimLease lease, long value)
    {
        story.Until(() => story.Row.Has(story.C.Id) && story.Row.Joiner == default && story.C.Node.Map.Find(story.Segment) == story.Row, "the joiner is a member");
        story.Kill(story.A);
        story.Kill(story.B);
        story.Until(() => story.Serves(story.C), "the joiner serves alone");
        Assert.Equal(value, story.Read(lease));
    }
}
