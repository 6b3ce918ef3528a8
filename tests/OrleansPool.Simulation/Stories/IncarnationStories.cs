using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A silo restarts in the same second: to membership it is the same silo, and messages of its life before are still under way.</summary>
internal static class IncarnationStories
{
    private static readonly StoryShape TwoCopies = new();

    [Told]
    public static void Acknowledgements_and_promises_of_a_backup_s_earlier_life_count_for_nothing() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        NodeId before = story.B.Id;
        MessageRule acks = story.Messages.Hold<ReplicateAck>(from: story.B);
        ScriptCall write = story.Client.Write(lease, 1).SendTo(story.A);
        story.Until(() => story.CopyAt(story.B)!.LastSequence > story.CopyAt(story.A)!.CommittedSequence, "the backup has it and has acknowledged");
        MessageRule beats = story.Messages.Hold<Message>(from: story.B);
        story.Until(() => beats.Held.Count > 0, "a promise is under way");
        story.B.Crash();
        beats.Stop();
        acks.Stop();
        story.World.StartSilo(story.B, sameAddress: true);
        Assert.Equal(before.Silo, story.B.Id.Silo);

        story.Until(() => !story.Row.Has(before), "the earlier life is no member any more");
        story.Await(write.Insist());
        story.Join(story.Segment, story.A, story.B);

        // The new life must have for itself what the old one had acknowledged.
        MessageRule mute = story.Messages.Drop<ReplicateAck>(from: story.B);
        ScriptCall second = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => story.CopyAt(story.B)!.LastSequence > story.CopyAt(story.A)!.CommittedSequence, "the new life has it");
        acks.Lift();
        beats.Lift();
        story.Pass(TimeSpan.FromMilliseconds(200));
        Assert.False(second.IsAnswered);
        mute.Lift();
        story.Await(second.Insist());
        story.Kill(story.A);
        story.Until(() => story.Serves(story.B), "the new life takes over");
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_primary_that_restarts_in_the_same_second_gives_way_to_its_backup() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        NodeId before = story.A.Id;
        MessageRule late = story.Messages.Hold<Message>(from: story.A, to: story.B);
        ScriptCall write = story.Client.Write(lease, 1).SendTo(story.A);
        story.Until(() => late.Held.Any(envelope => envelope.Content is Replicate) && late.Held.Any(envelope => envelope.Content is Heartbeat), "its last messages are under way");
        late.Stop();
        story.A.Crash();
        story.World.StartSilo(story.A, sameAddress: true);
        Assert.Equal(before.Silo, story.A.Id.Silo);

        story.Until(() => story.ReplicaAt(story.B)!.Row.Primary == story.B.Id, "the backup takes over");
        late.Lift();
        story.Until(() => story.Serves(story.B), "it serves");
        Assert.Null(story.CopyAt(story.A));
        Assert.Equal(0, story.Read(lease));
        story.Write(lease, 2);
        story.Await(write.Insist());
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void What_was_meant_for_an_earlier_life_of_a_joiner_does_not_reach_the_next() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        MessageRule late = story.Messages.Hold<SegmentMessage>(from: story.A, to: story.C);
        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
        story.Until(() => late.Held.Any(envelope => envelope.Content is SnapshotPart), "its snapshot is under way");
        late.Stop();
        story.C.Crash();
        story.World.StartSilo(story.C, sameAddress: true);
        late.Lift();
        story.Join(story.Segment, story.A, story.C);
        story.Write(lease, 2);
        story.Kill(story.A);
        story.Kill(story.B);
        story.Until(() => story.Serves(story.C), "the joiner serves alone");
        Assert.Equal(2, story.Read(lease));
    });
}
