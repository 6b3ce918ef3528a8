using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>An operation has one result, whoever tells it and however often it is asked for.</summary>
internal static class ExactlyOnceStories
{
    private static readonly StoryShape TwoCopies = new();

    [Told]
    public static void An_addition_tried_again_after_a_takeover_gets_its_first_result_though_a_later_one_was_applied() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        ScriptCall first = AddWithoutAnswer(story, lease, 5);
        Assert.Equal(105, story.Await(story.Client.Add(lease, 100).Insist()).Value);

        story.Kill(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        Assert.Equal(5, story.Await(first.Insist()).Value);
        Assert.Equal(105, story.Read(lease));
    });

    [Told]
    public static void A_member_that_joined_after_an_operation_knows_its_result() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        ScriptCall first = AddWithoutAnswer(story, lease, 5);
        Assert.Equal(105, story.Await(story.Client.Add(lease, 100).Insist()).Value);
        story.Join(story.Segment, story.A, story.C);

        story.Kill(story.A);
        story.Kill(story.B);
        story.Until(() => story.Serves(story.C), "the last member takes over");
        Assert.Equal(5, story.Await(first.Insist()).Value);
        Assert.Equal(105, story.Read(lease));
    });

    [Told]
    public static void A_failed_comparison_that_is_sent_by_two_routes_has_one_result() => Story.Tell(TwoCopies, story =>
    {
        // One route leads to the primary of now, the other to that of later: between the two the comparison would come out otherwise.
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        MessageRule slow = story.Messages.Hold<ClientRequest>(to: story.B);
        ScriptCall exchange = story.Client.CompareExchange(lease, expected: 2, desired: 3).SendTo(story.B).SendTo(story.A);
        story.Await(exchange, OperationStatus.Mismatch);
        ScriptClient other = story.NewClient();
        story.Await(other.OpenSession(story.Segment).Insist());
        story.Await(other.Write(lease, 2).Insist());
        story.Kill(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        slow.Lift();
        story.Until(() => exchange.Answers.Count == 2, "both routes bring an answer");
        Assert.Equal(exchange.Answers[0].Result, exchange.Answers[1].Result);
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void Of_a_request_sent_twice_at_once_the_second_waits_for_the_first_and_is_answered_the_same() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        MessageRule slow = story.Messages.Hold<ReplicateAck>(to: story.A);
        ScriptCall add = story.Client.Add(lease, 5).SendTo(story.A).SendTo(story.A).SendTo(story.B);
        story.Until(() => slow.Count > 0 && add.Refusal == OperationStatus.NotPrimary, "it is pending, and refused by the other route");
        Assert.False(add.IsAnswered);
        slow.Lift();
        story.Until(() => add.Answers.Count == 2, "both are answered");
        Assert.Equal(add.Answers[0].Result, add.Answers[1].Result);
        Assert.Equal(5, story.Read(lease));
    });

    [Told(false)]
    [Told(true)]
    public static void A_very_late_duplicate_of_a_request_whose_record_is_gone_is_not_carried_out(bool afterTakeover) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        MessageRule twice = story.Messages.Repeat<ClientRequest>(where: request => request.Operation.Kind == OperationKind.Add);
        ScriptCall late = story.Await(story.Client.Add(lease, 5).Insist());
        twice.Stop();
        for (int number = 0; number < RequestId.WindowCount + 2; number++) story.Write(lease, number);

        if (afterTakeover)
        {
            story.Kill(story.A);
            story.Until(() => story.Serves(story.B), "the other member takes over");
            late.SendTo(story.B);
        }
        else
        {
            twice.Lift();
        }

        story.Until(() => late.Answers.Count == 2, "the duplicate is answered");
        Assert.Equal(OperationStatus.Indeterminate, late.Answers[1].Result.Status);
        Assert.Equal(RequestId.WindowCount + 1, story.Read(lease));
    });

    private static ScriptCall AddWithoutAnswer(Story story, SimLease lease, long addend)
    {
        MessageRule lost = story.Messages.Drop<ClientReply>(from: story.A);
        ScriptCall call = story.Client.Add(lease, addend).SendTo(story.A);
        story.Until(() => lost.Count > 0, "the answer is lost");
        lost.Lift();
        return call;
    }
}
