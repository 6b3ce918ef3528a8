using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Too few copies are left, or none.</summary>
internal static class LossStories
{
    [Told]
    public static void When_all_copies_are_gone_everybody_is_told_and_the_id_is_never_used_again() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        ScriptClient[] clients = [story.NewClient(), story.NewClient(), story.NewClient()];
        story.Kill(story.A);
        story.Kill(story.B);
        ScriptCall[] reads = [.. clients.Select(client => client.Read(lease))];
        ScriptCall write = story.Client.Write(lease, 2);
        foreach (ScriptCall call in reads.Append(write)) story.AwaitLost(call);
        SegmentRow lost = story.Row;
        Assert.Equal(SegmentState.Lost, lost.State);
        Assert.Equal(2, lost.LostMembers.Length);

        // Also after everybody has come back, and whoever is asked, and in whatever segment the name is made anew.
        foreach (SimSilo silo in (SimSilo[])[story.A, story.B]) story.World.StartSilo(silo, sameAddress: false);
        story.World.Planner.Begin();
        foreach (SimSilo silo in story.World.Silos)
        {
            SegmentId anew = story.MakeSegment(silo);
            Assert.NotEqual(story.Segment, anew);
            SimLease again = story.Lease(segment: anew);
            Assert.Equal(0, story.Read(again));
            ScriptCall read = story.NewClient().Read(lease).SendTo(silo);
            story.Until(() => read.IsAnswered || read.Refusal is not null, "it says something");
            Assert.True(!read.IsAnswered || read.Status == OperationStatus.Lost);
        }

        story.AwaitLost(story.NewClient().Read(lease));
        Assert.Equal(lost, story.Row);
    });

    [Told]
    public static void With_fewer_copies_than_must_be_in_sync_writes_are_refused_until_one_has_joined() => Story.Tell(new StoryShape { InSyncMin = 2 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.Kill(story.B);
        story.Until(() => story.Row.InSync.Length == 1, "one copy is left");
        story.Until(() => story.ReplicaAt(story.A)!.Row == story.Row && story.Serves(story.A), "it serves");
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => write.Refusal == OperationStatus.Unavailable, "the write is refused for now");
        Assert.Equal(1, story.Read(lease));

        story.Join(story.Segment, story.A, story.C);
        story.Await(write.SendTo(story.A));
        story.Kill(story.A);
        story.Until(() => story.ReplicaAt(story.C) is { Role: ReplicaRole.Primary }, "the other copy takes over");
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_write_that_was_pending_when_too_few_copies_were_left_is_not_acknowledged_before_one_has_joined() => Story.Tell(new StoryShape { InSyncMin = 2 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.B.Crash();
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => story.CopyAt(story.A)!.LastSequence > story.CopyAt(story.A)!.CommittedSequence, "it is pending");
        story.DeclareDead(story.B);
        story.Until(() => story.Row.InSync.Length == 1, "one copy is left");
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.False(write.IsAnswered, "whoever asks for two copies is not told that one is enough");
        story.Join(story.Segment, story.A, story.C);
        story.Await(write);
        story.Kill(story.A);
        story.Until(() => story.ReplicaAt(story.C) is { Role: ReplicaRole.Primary }, "the other copy takes over");
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_write_that_a_later_one_overtook_when_too_few_copies_were_left_does_not_hold_up_the_next_copy() => Story.Tell(new StoryShape { Silos = 4, InSyncMin = 2 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(blocks: 2);
        story.Write(lease, 1);
        new Sharer(story, story.C).Fetch(lease);
        MessageRule slow = story.Messages.Hold<Invalidate>(to: story.C);
        ScriptCall overtaken = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => slow.Count > 0, "a copy of its block is called back");
        story.Write(lease, 3, block: 1);
        story.Kill(story.B);
        story.Until(() => story.Row.InSync.Length == 1 && story.ReplicaAt(story.A)!.Row == story.Row, "one copy is left");
        slow.Lift();
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.False(overtaken.IsAnswered, "whoever asks for two copies is not told that one is enough");

        story.Join(story.Segment, story.A, story.D);
        story.Await(overtaken.Insist());
        story.Kill(story.A);
        story.Until(() => story.ReplicaAt(story.D) is { Role: ReplicaRole.Primary }, "the other copy takes over");
        Assert.Equal(2, story.Read(lease));
        Assert.Equal(3, story.Read(lease, block: 1));
    });

    [Told]
    public static void No_lease_runs_out_while_too_few_copies_are_left_to_renew_it() => Story.Tell(new StoryShape { InSyncMin = 2 }, story =>
    {
        var duration = TimeSpan.FromSeconds(2);
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: duration);
        story.Write(lease, 1);
        story.Kill(story.B);
        story.Until(() => story.ReplicaAt(story.A)!.Row.InSync.Length == 1 && story.Serves(story.A), "one copy is left");
        ScriptCall renewal = story.Client.OnLease(OperationKind.Renew, lease).SendTo(story.A);
        story.Until(() => renewal.Refusal == OperationStatus.Unavailable, "a renewal is refused for now");
        story.Pass(duration * 3);
        story.Join(story.Segment, story.A, story.C);
        story.Pass(duration * 0.9);
        story.Write(lease, 2);
        story.Forget(lease);
    });
}
