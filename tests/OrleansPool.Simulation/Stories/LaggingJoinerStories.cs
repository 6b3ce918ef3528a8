using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A joiner falls behind what its primary's log, or its own, still holds; or has no memory; or hears of what is long over.</summary>
internal static class LaggingJoinerStories
{
    private static readonly StoryShape ThreeSilos = new();

    [Told]
    public static void An_image_that_the_joiner_s_log_does_not_reach_back_to_is_made_anew() => Story.Tell(ThreeSilos, story =>
    {
        SimLease lease = Begin(story);
        MessageRule late = story.Messages.Hold<CopyBlocks>(to: story.C);
        MessageRule stale = story.Messages.Repeat<CopyAck>(where: ack => ack.IsStale);
        story.BeginJoin(story.A, story.C);
        story.Until(() => late.Count > 0, "the first image is on its way");
        WriteMany(story, lease);
        story.Until(() => story.CopyAt(story.C)!.LastSequence == story.CopyAt(story.A)!.LastSequence, "the joiner has received all since");
        MessageRule next = story.Messages.Hold<CopyBlocks>(to: story.C, where: copy => copy.Number == 2);
        late.Lift();
        story.Until(() => next.Count > 0, "the second image is on its way");
        Assert.True(stale.Count > 0);

        // What was said of the first one comes once more.
        stale.Lift();
        story.Pass(TimeSpan.FromMilliseconds(2));
        next.Lift();
        SurvivesAlone(story, lease);
    });

    [Told]
    public static void A_joiner_that_lacks_what_the_log_has_forgotten_begins_anew_and_nothing_of_its_first_copy_comes_into_the_second() => Story.Tell(ThreeSilos, story =>
    {
        SimLease lease = Begin(story);
        MessageRule parts = story.Messages.Repeat<SnapshotPart>(to: story.C);
        MessageRule images = story.Messages.Repeat<CopyBlocks>(to: story.C);
        MessageRule slow = story.Messages.Hold<CopyAck>(from: story.C);
        story.BeginJoin(story.A, story.C);
        story.Until(() => slow.Count > 0, "the joiner has its first image");
        parts.Stop();
        images.Stop();
        slow.Stop();
        MessageRule stream = story.Messages.Drop<Replicate>(to: story.C);
        MessageRule second = story.Messages.Hold<SnapshotPart>(to: story.C, where: part => part.Part > 0);
        MessageRule first = story.Messages.Delay<SnapshotPart>(default, to: story.C, where: part => part.Part == 0 && part.Sequence > 0);
        WriteMany(story, lease);
        story.Until(() => first.Count > 0 && second.Count > 0 && story.ReplicaAt(story.C) is { Joiner.IsInstalled: false }, "it begins anew");
        story.Pass(TimeSpan.FromMilliseconds(2));

        // What is left of the first copy comes now: to one that is not complete yet, and then to one that is.
        parts.Lift();
        story.Pass(TimeSpan.FromMilliseconds(5));
        second.Lift();
        story.Until(() => story.ReplicaAt(story.C) is { Joiner.IsInstalled: true }, "it has the second snapshot");
        images.Lift();
        stream.Lift();
        SurvivesAlone(story, lease);
    });

    [Told]
    public static void A_joiner_that_is_needed_and_lacks_what_the_log_has_forgotten_is_dropped_and_joins_anew() => Story.Tell(ThreeSilos, story =>
    {
        SimLease lease = Begin(story);
        MessageRule acks = story.Messages.Hold<CopyAck>(where: ack => ack.Number == LastPart(story));
        story.BeginJoin(story.A, story.C);
        story.Until(() => acks.Count > 0, "the joiner has all blocks, and its primary does not know yet");
        MessageRule stream = story.Messages.Drop<Replicate>(to: story.C);
        story.Write(lease, -1);
        acks.Lift();
        story.Until(() => story.ReplicaAt(story.A)!.Primary.Join is { IsRequired: true }, "its acknowledgement is needed from now on");
        ScriptCall[] writes = [.. Enumerable.Range(0, story.World.Geometry.LogEntryCount).Select(value => story.Client.Write(lease, value).Insist())];
        story.Until(() => story.ReplicaAt(story.A)!.Primary.Join is null, "it is dropped");
        foreach (ScriptCall write in writes) story.Await(write);
        stream.Lift();
        story.Write(lease, Newest);
        story.Join(story.Segment, story.A, story.C);
        SurvivesAlone(story, lease);
    });

    [Told]
    public static void A_silo_without_memory_is_not_made_a_member_before_it_has_some() => Story.Tell(ThreeSilos, story =>
    {
        SimLease lease = Begin(story);
        story.C.HasMemory = false;
        story.BeginJoin(story.A, story.C);
        story.Until(() => story.Row.Joiner == story.C.Id, "it is to be one");
        story.Until(() => story.Row.Joiner == default, "it says that it cannot");
        Assert.False(story.Row.Has(story.C.Id));
        story.Write(lease, Newest);
        story.C.HasMemory = true;
        story.Join(story.Segment, story.A, story.C);
        SurvivesAlone(story, lease);
    });

    [Told]
    public static void A_part_of_a_snapshot_that_is_older_than_the_row_begins_no_copy() => Story.Tell(new StoryShape { Silos = 4, Copies = 3 }, story =>
    {
        story.MakeSegment(story.A, story.B, story.D);
        SimLease lease = story.Lease();
        story.Write(lease, Newest);
        MessageRule old = story.Messages.Hold<SnapshotPart>(to: story.C);
        story.BeginJoin(story.A, story.C);
        story.Until(() => old.Count > 0, "the snapshot is on its way");
        old.Stop();
        MessageRule later = story.Messages.Hold<SnapshotPart>(to: story.C);
        Leave(story, story.D);
        story.Until(() => story.C.Node.Map.Find(story.Segment) == story.Row, "the joiner knows");
        Assert.Equal(story.C.Id, story.Row.Joiner);
        old.Lift();
        story.Pass(TimeSpan.FromMilliseconds(20));
        Assert.Null(story.CopyAt(story.C));
        later.Lift();
        SurvivesAlone(story, lease);
    });

    [Told(true)]
    [Told(false)]
    public static void A_joiner_of_a_segment_in_which_nothing_has_happened_yet_begins_anew_only_if_it_has_something(bool hasSnapshot) => Story.Tell(new StoryShape { Silos = 4, Copies = 3 }, story =>
    {
        story.MakeSegment(story.A, story.B, story.D);
        MessageRule images = story.Messages.Hold<CopyBlocks>(to: story.C);
        MessageRule parts = story.Messages.Hold<SnapshotPart>(to: story.C, where: part => !hasSnapshot && part.Part > 0);
        story.BeginJoin(story.A, story.C);
        story.Until(() => hasSnapshot ? images.Count > 0 : parts.Count > 0 && story.CopyAt(story.C) is not null, "the copy is under way");

        // It misses one change of the row, and hears of the next.
        story.World.CutFromStore(story.C);
        MessageRule[] deaf = [story.Messages.Drop<SegmentMessage>(to: story.C), story.Messages.Drop<RowNotice>(to: story.C)];
        Leave(story, story.B);
        Leave(story, story.D);
        foreach (MessageRule rule in deaf) rule.Lift();
        story.World.MendStore(story.C);
        images.Lift();
        parts.Lift();
        story.Join(story.Segment, story.A, story.C);
        story.Kill(story.A);
        story.Until(() => story.Serves(story.C), "it serves alone");
        story.Write(story.Lease(), 1);
    });

    [Told]
    public static void A_member_of_an_empty_segment_that_left_and_came_back_without_hearing_of_it_goes_on_with_the_copy_that_it_has() => Story.Tell(ThreeSilos, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        MessageRule[] deaf = [story.Messages.Drop<SegmentMessage>(to: story.C), story.Messages.Drop<RowNotice>(to: story.C)];
        story.World.CutFromStore(story.C);
        Leave(story, story.C);
        story.BeginJoin(story.A, story.C);
        story.Until(() => story.Row.Joiner == story.C.Id, "it is to come back");
        foreach (MessageRule rule in deaf) rule.Lift();
        story.World.MendStore(story.C);
        story.Join(story.Segment, story.A, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, Newest);
        SurvivesAlone(story, lease);
    });

    [Told]
    public static void What_holds_a_join_up_can_be_told_at_every_moment_of_it() => Story.Tell(ThreeSilos, story =>
    {
        SimLease lease = Begin(story);
        new Sharer(story, story.C).Fetch(lease);
        MessageRule parts = story.Messages.Hold<SnapshotPart>();
        MessageRule images = story.Messages.Hold<CopyBlocks>();
        MessageRule callbacks = story.Messages.Hold<Invalidate>();
        StoreRule proposal = story.Writes.CatchRow(story.A, row => row.Has(story.C.Id));
        story.BeginJoin(story.A, story.C);
        story.Until(() => parts.Count > 0, "the snapshot is on its way");
        Assert.Contains("parts 0 of", story.Draw(), StringComparison.Ordinal);
        parts.Lift();
        story.Until(() => images.Count > 0, "an image is on its way");
        Assert.Contains("copied 0 of 12, copy 1 out)", story.Draw(), StringComparison.Ordinal);
        images.Lift();
        story.Until(() => callbacks.Count > 0, "copies are called back");
        Assert.Contains("required from", story.Draw(), StringComparison.Ordinal);
        callbacks.Lift();
        story.Until(() => proposal.Request is not null, "it is proposed");
        Assert.Contains(", proposed)", story.Draw(), StringComparison.Ordinal);
        proposal.Land();
    });

    private const long Newest = 1000;

    private static int LastPart(Story story)
    {
        int blocks = Math.Max(1, story.World.Times.PartBytes / story.World.Geometry.BlockBytes);
        return (story.World.Geometry.BlockCount + blocks - 1) / blocks;
    }

    private static SimLease Begin(Story story)
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(story.World.Geometry.BlockCount);
        story.Write(lease, Newest);
        return lease;
    }

    /// <summary>More than any log of the story holds, the newest bytes last.</summary>
    private static void WriteMany(Story story, SimLease lease)
    {
        for (int value = 0; value < story.World.Geometry.LogEntryCount * 2; value++) story.Write(lease, value);
        story.Write(lease, Newest);
    }

    private static void Leave(Story story, SimSilo member)
    {
        story.Until(() => story.ReplicaAt(member)!.Row == story.Row && story.ReplicaAt(story.A)!.Row == story.Row, "the row is known");
        member.Do((node, _, outbox) => node.AskToLeave(story.Segment, outbox));
        story.Until(() => !story.Row.Has(member.Id) && story.ReplicaAt(story.A)!.Row == story.Row, "a member leaves");
    }

    private static void SurvivesAlone(Story story, SimLease lease)
    {
        story.Until(() => story.Row.Has(story.C.Id) && story.Row.Joiner == default && story.C.Node.Map.Find(story.Segment) == story.Row, "the joiner is a member");
        foreach (SimSilo other in story.World.Silos)
        {
            if (other != story.C) story.Kill(other);
        }

        story.Until(() => story.Serves(story.C), "the joiner serves alone");
        Assert.Equal(Newest, story.Read(lease));
    }
}
