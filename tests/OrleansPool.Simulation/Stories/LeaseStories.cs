using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Leases of blocks that run out, and tokens that are old.</summary>
internal static class LeaseStories
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    private static readonly StoryShape TwoCopies = new();

    [Told]
    public static void A_renewal_that_comes_while_the_expiry_is_pending_waits_for_it_and_is_refused() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: Duration);
        story.Forget(lease);
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        story.Until(() => story.CopyAt(story.A)!.LastSequence > story.CopyAt(story.A)!.CommittedSequence, "the expiry is pending");
        ScriptCall renewal = story.Client.OnLease(OperationKind.Renew, lease).SendTo(story.A);
        ScriptCall write = story.Client.Write(lease, 1).SendTo(story.A);
        story.Pass(TimeSpan.FromMilliseconds(30));
        Assert.False(renewal.IsAnswered || write.IsAnswered, "nobody knows yet whether it has ended");
        slow.Lift();
        story.Until(() => renewal.IsAnswered && write.IsAnswered, "both are judged");
        Assert.Equal([OperationStatus.Expired, OperationStatus.Expired], [renewal.Status, write.Status]);
    });

    [Told]
    public static void A_renewal_that_comes_before_the_expiry_prolongs_the_lease_by_its_whole_duration() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: Duration);
        story.Pass(Duration * 0.9);
        story.Await(story.Client.OnLease(OperationKind.Renew, lease).Insist());
        story.Pass(Duration * 0.9);
        story.Write(lease, 1);
        story.Forget(lease);
    });

    [Told]
    public static void A_new_primary_restarts_every_duration_in_full() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: Duration);
        story.Pass(Duration * 0.9);
        story.Kill(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        story.Pass(Duration * 0.9);
        story.Write(lease, 1);
        story.Forget(lease);
        story.Until(() => story.CopyAt(story.B)!.LeaseCount == 0, "it ends in the end", Duration * 2);
    });

    [Told]
    public static void Nothing_runs_out_while_the_primary_may_not_serve() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: Duration);
        story.B.Stop();
        story.Until(() => !story.Serves(story.A), "the primary lacks a read lease");
        ulong last = story.CopyAt(story.A)!.LastSequence;
        story.Pass(TimeSpan.FromSeconds(1));
        story.B.Wake();
        story.Until(() => story.Serves(story.A), "it has it again");
        story.Pass(Duration * 0.9);
        Assert.Equal(last, story.CopyAt(story.A)!.LastSequence);
        story.Write(lease, 1);
        story.Forget(lease);
    });

    [Told(false)]
    [Told(true)]
    public static void An_old_token_does_nothing_to_a_block_that_was_freed_and_leased_again(bool afterTakeover) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease old = story.Lease(story.World.Geometry.BlockCount);
        story.Write(old, 1);
        MessageRule late = story.Messages.Hold<ClientRequest>(where: request => request.Operation.Kind == OperationKind.Write);
        ScriptCall write = story.Client.Write(old, 2).SendTo(story.A);
        story.Await(story.Client.OnLease(OperationKind.Free, old).Insist());
        story.Forget(old);
        SimLease fresh = NextLease(story);
        Assert.Equal(old.Blocks[0], fresh.Blocks[0]);
        if (afterTakeover)
        {
            story.Kill(story.A);
            story.Until(() => story.Serves(story.B), "the other member takes over");
            write.SendTo(story.B);
        }

        late.Lift();
        SimSilo primary = afterTakeover ? story.B : story.A;
        ScriptCall read = story.Client.Read(old).SendTo(primary);
        story.Await(write, OperationStatus.Fenced);
        story.Await(read, OperationStatus.Fenced);
        Assert.Equal(0, story.Read(fresh));
        story.Write(fresh, 3);
        Assert.Equal(3, story.Read(fresh));
    });

    [Told]
    public static void The_former_holder_of_a_lease_that_was_handed_on_is_fenced_by_the_new_primary_too() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease old = story.Lease();
        story.Write(old, 1);
        ScriptCall transfer = story.Await(story.Client.OnLease(OperationKind.Transfer, old).Insist());
        story.Forget(old);
        var current = new SimLease(story.Segment, transfer.Result.Lease.Key, transfer.Result.Lease.ReadOnlyId, transfer.Result.Lease.Runs);
        story.Kill(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        story.Await(story.Client.Write(old, 2).Insist(), OperationStatus.Fenced);
        Assert.Equal(1, story.Read(current));
        story.Write(current, 3);
    });

    /// <summary>Blocks are zeroed before they can be taken again.</summary>
    private static SimLease NextLease(Story story)
    {
        Segment primary = story.CopyAt(story.A)!;
        story.Until(() => primary.Replica is { Role: ReplicaRole.Primary } && primary.LeasedBlockCount == 0, "the blocks are free");
        story.Pass(TimeSpan.FromMilliseconds(5));
        return story.Lease(story.World.Geometry.BlockCount);
    }

    [Told]
    public static void Whoever_gets_a_segment_back_counts_durations_anew_though_the_renewals_were_another_s() => Story.Tell(new StoryShape(), story =>
    {
        var duration = TimeSpan.FromSeconds(2);
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(duration: duration);
        story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
        story.Until(() => story.Serves(story.B), "it is handed on");
        for (int renewal = 0; renewal < 6; renewal++)
        {
            story.Pass(duration / 2);
            story.Await(story.Client.OnLease(OperationKind.Renew, lease).Insist());
        }

        story.Kill(story.B);
        story.Until(() => story.Serves(story.A), "it comes back");
        story.Pass(duration / 2);
        story.Write(lease, 1);
        story.Forget(lease);
    });
}
