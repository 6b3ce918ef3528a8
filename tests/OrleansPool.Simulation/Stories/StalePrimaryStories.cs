using OrleansPool.Core.Segments;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A primary that stops in the midst of its work, while another takes its segment over and goes on.</summary>
internal static class StalePrimaryStories
{
    private static readonly StoryShape ThreeSilosTwoCopies = new();

    [Told(nameof(PausePoint.BeforeCopy))]
    [Told(nameof(PausePoint.BeforeConfirm))]
    public static void A_read_that_a_stale_primary_had_begun_is_not_answered_with_the_old_bytes(string point) => Story.Tell(ThreeSilosTwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);

        story.A.StopAt(Enum.Parse<PausePoint>(point));
        ScriptCall read = story.Client.Read(lease).SendTo(story.A);
        story.Until(() => story.A.IsPaused, "the primary stops in the midst of the read");
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        story.Write(lease, 2);

        story.A.Wake();
        story.Until(() => read.Refusal is not null, "the read is refused");
        Assert.False(read.IsAnswered);
        Assert.Equal(2, story.Await(read.Insist()).Value);
    });

    [Told(false)]
    [Told(true)]
    public static void The_answer_of_a_committed_operation_is_the_same_from_the_stale_primary_and_the_new_one_and_is_not_given_without_authority(bool isLate) => Story.Tell(ThreeSilosTwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);

        story.A.StopAt(PausePoint.BeforeReply);
        ScriptCall add = story.Client.Add(lease, 10).SendTo(story.A);
        story.Until(() => story.A.IsPaused, "the primary stops between the step and the answer");
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        Assert.Equal(11, story.Read(lease));
        story.Write(lease, 20);

        if (isLate) story.Until(() => story.A.Node.Standing.Authority.ValidUntil < story.A.Now, "the stale primary's authority ends");
        story.A.Wake();
        story.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(!isLate, add.IsAnswered);
        Assert.Equal(11, story.Await(add.Insist()).Value);
        Assert.All(add.Answers, answer => Assert.Equal(11, answer.Result.Value));
        Assert.Equal(20, story.Read(lease));
    });

    [Told]
    public static void A_refusal_that_a_stale_primary_had_ready_does_not_get_out() => Story.Tell(ThreeSilosTwoCopies, story =>
    {
        // The lease is taken after the takeover: to the primary of before, its blocks are in no lease.
        story.MakeSegment(story.A, story.B);
        SimLease first = story.Lease();
        story.A.Stop();
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.B), "the other member takes over");
        SimLease second = story.Lease();

        ScriptCall write = story.Client.Write(second, 5).SendTo(story.A);
        ScriptCall read = story.Client.Read(second).SendTo(story.A);
        ScriptCall renewal = story.Client.OnLease(OperationKind.Renew, second).SendTo(story.A);
        story.Pass(TimeSpan.FromMilliseconds(2));
        story.A.Wake();
        story.Until(() => write.Refusal is not null && read.Refusal is not null && renewal.Refusal is not null, "all are told to ask again");
        story.Await(write.Insist());
        Assert.Equal(5, story.Await(read.Insist()).Value);
        story.Await(renewal.Insist());
        story.Write(first, 1);
    });
}
