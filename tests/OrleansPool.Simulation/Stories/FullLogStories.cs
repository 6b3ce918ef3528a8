using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Operations come faster than a member acknowledges them: what a primary has not committed fills its log.</summary>
internal static class FullLogStories
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    /// <summary>Two copies must be there, so a member that owes answers is not removed.</summary>
    private static readonly StoryShape BothMustHave = new() { InSyncMin = 2 };

    [Told]
    public static void Whatever_is_asked_of_a_primary_whose_log_is_full_is_asked_again_and_done_once() => Story.Tell(BothMustHave, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease counter = story.Lease();
        SimLease[] leases = [.. Enumerable.Range(0, 4).Select(_ => story.Lease())];
        MessageRule slow = Fill(story, counter);
        foreach (SimLease lease in leases) story.Forget(lease);
        ScriptClient other = story.NewClient();
        ScriptCall[] calls =
        [
            story.Client.Alloc(story.Segment, 2, TimeSpan.FromHours(1)),
            story.Client.OnLease(OperationKind.Free, leases[0]),
            story.Client.OnLease(OperationKind.Transfer, leases[1]),
            story.Client.Ask(story.Segment, Operation.Keep(leases[2].Key, "region"), leases[2]),
            story.Client.Ask(story.Segment, Operation.SetFence(leases[3].Key, leases[3].Blocks[0], 0, 8, 1, []), leases[3]),
            story.Client.Write(leases[3], 7),
            story.Client.CompareExchange(leases[2], 0, 5),
            other.OpenSession(story.Segment),
        ];
        foreach (ScriptCall call in calls) call.Insist();
        story.Pass(Moment);
        Assert.All(calls, call => Assert.Equal((false, OperationStatus.Busy), (call.IsAnswered, call.Refusal)));
        slow.Lift();
        foreach (ScriptCall call in calls) story.Await(call);
        Assert.Equal(LogEntryCount(story), story.Read(counter));
        Assert.Equal(5, story.Read(leases[2]));
    });

    [Told]
    public static void What_runs_out_while_the_log_is_full_ends_when_there_is_room() => Story.Tell(BothMustHave with { Times = 1 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease counter = story.Lease();
        SimLease shortly = story.Lease(duration: TimeSpan.FromSeconds(2));
        story.Forget(shortly);
        ScriptClient idle = story.NewClient();
        SimLease once = story.Lease(client: idle);
        ScriptCall add = story.Await(idle.Add(once, 1).Insist());
        MessageRule slow = Fill(story, counter);
        story.Pass(SessionTable.IdleMax * 1.1);
        Segment primary = story.CopyAt(story.A)!;
        Assert.Equal((ulong)LogEntryCount(story), primary.LastSequence - primary.CommittedSequence);
        slow.Lift();
        story.Until(() => primary.LeaseCount == 2, "the lease ends");
        story.Await(story.Client.OnLease(OperationKind.Renew, shortly).Insist(), OperationStatus.Expired);
        add.SendTo(story.A);
        story.Until(() => add.Answers.Count == 2, "the late duplicate is answered");
        Assert.Equal(OperationStatus.Indeterminate, add.Answers[1].Result.Status);
        Assert.Equal(1, story.Read(once));
    });

    [Told]
    public static void What_a_member_has_missed_comes_in_as_many_messages_as_it_takes() => Story.Tell(BothMustHave with { BlockCount = 512 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease counter = story.Lease();
        MessageRule lost = story.Messages.Drop<Replicate>(to: story.B);
        ScriptCall[] adds = [.. Enumerable.Range(0, 50).Select(_ => story.Client.Add(counter, 1).SendTo(story.A))];
        story.Until(() => story.CopyAt(story.A)!.LastSequence >= 50, "all are logged");
        lost.Lift();
        foreach (ScriptCall add in adds) story.Await(add);
        Assert.Equal(50, story.Read(counter));
        AssertSurvives(story, counter, 50);
    });

    [Told]
    public static void Two_writes_of_large_blocks_that_a_member_has_missed_come_apart() => Story.Tell(BothMustHave with { BlockBytes = 256 << 10, BlockCount = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(2);
        MessageRule lost = story.Messages.Drop<Replicate>(to: story.B);
        byte[] bytes = new byte[200 << 10];
        bytes[0] = 9;
        ScriptCall[] writes = [.. lease.Blocks.Select(block => story.Client.Ask(story.Segment, Operation.Write(lease.Key, block, 0, bytes), lease).SendTo(story.A))];
        story.Until(() => story.CopyAt(story.A)!.Stream.Pending.Count == 2, "both are logged");
        MessageRule again = story.Messages.Delay<Replicate>(default, to: story.B, where: message => message.Entries.Length == 1);
        lost.Lift();
        foreach (ScriptCall write in writes) story.Await(write);
        Assert.True(again.Count >= 2);
        AssertSurvives(story, lease, 9);
    });

    [Told]
    public static void Of_more_callers_than_may_wait_for_one_operation_the_last_is_asked_to_come_again() => Story.Tell(BothMustHave, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        ScriptCall add = story.Client.Add(lease, 5);
        for (int copy = 0; copy <= PendingOperations.DeferredCountMax + 1; copy++) add.SendTo(story.A);
        story.Until(() => add.Refusal == OperationStatus.Busy, "one too many has come");
        slow.Lift();
        story.Until(() => add.Answers.Count == PendingOperations.DeferredCountMax + 1, "all others are answered");
        Assert.All(add.Answers, answer => Assert.Equal(add.Result, answer.Result));
        Assert.Equal(5, story.Read(lease));
    });

    [Told(false)]
    [Told(true)]
    public static void A_new_primary_whose_log_is_full_of_what_it_does_not_know_to_be_committed_catches_up_all_the_same(bool takesBlocks) => Story.Tell(BothMustHave, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease counter = story.Lease();

        // One member has all that the log holds, and does not hear that it is committed, nor of what comes then; the other does.
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        List<ScriptCall> adds = Add(story, counter, LogEntryCount(story));
        Segment primary = story.CopyAt(story.A)!;
        story.Until(() => primary.Stream.Pending.Count == adds.Count && story.CopyAt(story.B)!.LastSequence == primary.LastSequence, "one member has everything");
        MessageRule lost = story.Messages.Drop<Replicate>(to: story.B);
        slow.Lift();
        foreach (ScriptCall add in adds) story.Await(add);
        ScriptCall last = (takesBlocks ? story.Client.Alloc(story.Segment, 2, TimeSpan.FromHours(1)) : story.Client.Add(counter, 1)).SendTo(story.A);
        story.Until(() => story.CopyAt(story.C)!.LastSequence > story.CopyAt(story.B)!.LastSequence, "the other has one more");
        MessageRule fetched = story.Messages.Delay<FetchedEntries>(default, to: story.B);
        story.Kill(story.A);
        lost.Lift();
        story.Until(() => story.Row.Primary == story.B.Id && story.Serves(story.B), "the first one takes over");
        Assert.Equal(1, fetched.Count);
        Assert.Equal([story.B.Id, story.C.Id], story.Row.InSync);
        story.Await(last.Insist());
        Assert.Equal(LogEntryCount(story) + (takesBlocks ? 0 : 1), story.Read(counter));
    });

    private static int LogEntryCount(Story story) => story.World.Geometry.LogEntryCount;

    /// <summary>As many operations as the log holds, none of which is committed until the rule is lifted.</summary>
    private static MessageRule Fill(Story story, SimLease counter)
    {
        story.Until(() => story.CopyAt(story.A) is { } copy && copy.CommittedSequence == copy.LastSequence, "nothing is pending");
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        Add(story, counter, LogEntryCount(story));
        story.Until(() => story.CopyAt(story.A)!.Stream.Pending.Count == LogEntryCount(story), "the log is full");
        return slow;
    }

    private static List<ScriptCall> Add(Story story, SimLease counter, int count) => [.. Enumerable.Range(0, count).Select(_ => story.Client.Add(counter, 1).SendTo(story.A))];

    private static void AssertSurvives(Story story, SimLease lease, long value)
    {
        story.Join(story.Segment, story.A, story.C);
        story.Kill(story.A);
        story.Until(() => story.Row.Primary != story.A.Id, "another takes over");
        Assert.Equal(value, story.Read(lease));
    }
}
