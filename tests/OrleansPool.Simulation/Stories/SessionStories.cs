using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Sessions end: when nobody uses them for long, and when there are too many. Whatever comes in one that has ended is never carried out.</summary>
internal static class SessionStories
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>So large a log that all sessions may be closed in it at once, and as many opened.</summary>
    private static readonly StoryShape LargeLog = new() { BlockCount = 4200, InSyncMin = 2, Times = 1 };

    [Told(false)]
    [Told(true)]
    public static void A_request_of_a_session_that_was_idle_for_long_is_not_carried_out(bool afterTakeover) => Story.Tell(new StoryShape { Times = 1 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        ScriptCall add = story.Await(story.Client.Add(lease, 5).Insist());
        ScriptClient other = story.NewClient();
        story.Await(other.OpenSession(story.Segment).Insist());
        story.Pass(SessionTable.IdleMax / 2);
        story.Await(other.Add(lease, 10).Insist());
        story.Pass(SessionTable.IdleMax * 0.6);
        if (afterTakeover)
        {
            story.Kill(story.A);
            story.Until(() => story.Serves(story.B), "the other member takes over");
        }

        add.SendTo(afterTakeover ? story.B : story.A);
        story.Until(() => add.Answers.Count == 2, "the late duplicate is answered");
        Assert.Equal(OperationStatus.Indeterminate, add.Answers[1].Result.Status);
        Assert.Equal(115, story.Await(other.Add(lease, 100).Insist()).Value);
    });

    [Told]
    public static void Of_more_sessions_than_there_may_be_the_one_that_was_idle_longest_makes_room() => Story.Tell(LargeLog, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        ScriptCall add = story.Await(story.Client.Add(lease, 5).Insist());
        List<ScriptClient> others = OpenUntilFull(story);
        ScriptCall used = story.Await(others[0].Add(lease, 10).Insist());

        // While the closing is not committed nobody knows yet whether the session has ended: what comes in it waits.
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        ScriptCall oneMore = story.NewClient().OpenSession(story.Segment).SendTo(story.A);
        story.Until(() => story.CopyAt(story.A)!.Stream.Pending.Count == 2, "one closes and one opens");
        add.SendTo(story.A);
        story.Pass(Moment);
        Assert.Equal(1, add.Answers.Count);
        slow.Lift();
        story.Await(oneMore);
        story.Until(() => add.Answers.Count == 2, "what waited is judged");
        Assert.Equal(OperationStatus.Indeterminate, add.Answers[1].Result.Status);
        used.SendTo(story.A);
        story.Until(() => used.Answers.Count == 2, "a session that was used is there still");
        Assert.Equal(15, used.Answers[1].Result.Value);
        Assert.Equal(15, story.Read(lease));
    });

    [Told]
    public static void An_operation_that_is_overtaken_by_the_end_of_its_session_is_done_once_and_its_late_duplicate_is_not() => Story.Tell(LargeLog, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        List<ScriptClient> others = OpenUntilFull(story);
        new Sharer(story, story.C).Fetch(lease);
        MessageRule callback = story.Messages.Hold<Invalidate>(to: story.C);
        ScriptCall add = story.Client.Add(lease, 5).SendTo(story.A);
        story.Until(() => callback.Count > 0, "the operation waits for a copy of its block");
        foreach (ScriptClient other in others) story.Await(other.Ask(story.Segment, Operation.ListLeases(0, LeaseOrder.Oldest, 1)).SendTo(story.A));
        story.Await(story.NewClient().OpenSession(story.Segment).Insist());
        Assert.False(add.IsAnswered, "its session has ended before it is done");
        callback.Lift();
        Assert.Equal(5, story.Await(add).Value);
        add.SendTo(story.A);
        story.Until(() => add.Answers.Count == 2, "the late duplicate is answered");
        Assert.Equal(OperationStatus.Indeterminate, add.Answers[1].Result.Status);
        Assert.Equal(5, story.Read(lease));
    });

    [Told]
    public static void Where_all_sessions_are_being_closed_whoever_wants_one_more_waits() => Story.Tell(LargeLog, story =>
    {
        story.MakeSegment(story.A, story.B);
        OpenUntilFull(story);
        story.Await(story.Client.OpenSession(story.Segment).Insist());
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        ScriptCall[] calls = [.. Enumerable.Range(0, SessionTable.SessionCountMax + 4).Select(_ => story.NewClient().OpenSession(story.Segment).SendTo(story.A))];
        story.Until(() => story.CopyAt(story.A)!.Stream.Pending.Count == (SessionTable.SessionCountMax * 2) + 4, "every session is being closed");
        slow.Lift();
        foreach (ScriptCall call in calls) story.Await(call.Insist());
        Assert.Equal(calls.Length, calls.Select(call => call.Value).Distinct().Count());
    });

    private static List<ScriptClient> OpenUntilFull(Story story)
    {
        var clients = new List<ScriptClient>();
        while (!story.CopyAt(story.A)!.Stream.Sessions.IsFull)
        {
            clients.Add(story.NewClient());
            story.Await(clients[^1].OpenSession(story.Segment).Insist());
        }

        return clients;
    }
}
