using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A silo is made a member beside the traffic, and somebody dies.</summary>
internal static class JoinStories
{
    /// <summary>So many blocks that their copy comes in 50 parts or more.</summary>
    private static readonly StoryShape ManyParts = new() { BlockCount = 150, Times = 2 };

    private static readonly StoryShape ThreeSilos = new();

    [Told]
    public static void A_joiner_without_everything_is_never_elected_and_the_loss_is_told() => Story.Tell(ThreeSilos, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        MessageRule copies = story.Messages.Hold<CopyBlocks>();
        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
        story.Until(() => copies.Count > 0, "the copy is on its way");
        WriteHundred(story, lease);
        story.Kill(story.A);
        story.Kill(story.B);
        copies.Lift();
        story.AwaitLost(story.Client.Read(lease));
        Assert.Equal(SegmentState.Lost, story.Row.State);
    });

    [Told(true)]
    [Told(false)]
    public static void A_joiner_whose_proposal_is_under_way_has_everything_if_it_lands_and_else_the_loss_is_told(bool lands) => Story.Tell(ThreeSilos, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        StoreRule proposal = story.Writes.CatchRow(story.A, row => row.Has(story.C.Id));
        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
        story.Until(() => proposal.Request is not null, "it is proposed");
        MessageRule retouch = story.Messages.Drop<RowNotice>();
        WriteHundred(story, lease);
        story.A.Crash();
        story.B.Crash();
        if (lands) proposal.Land();
        retouch.Lift();
        story.DeclareDead(story.A);
        story.DeclareDead(story.B);
        if (lands) Assert.Equal(100, story.Read(lease));
        else story.AwaitLost(story.Client.Read(lease));
    });

    [Told(true, 0)]
    [Told(true, 50)]
    [Told(true, 99)]
    [Told(false, 0)]
    [Told(false, 50)]
    [Told(false, 99)]
    public static void The_joiner_or_the_primary_dies_in_the_midst_of_the_copy(bool isJoiner, int percent) => Story.Tell(ManyParts, story =>
    {
        story.MakeSegment(story.A, story.B);
        int count = story.World.Geometry.BlockCount;
        SimLease lease = story.Lease(count);
        int[] watched = [0, count / 2, count - 1];
        foreach (int block in watched) story.Write(lease, 1, block);

        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
        MessageRule copies = story.Messages.Hold<CopyBlocks>(where: copy => copy.EndBlock * 100 > count * percent);
        story.Until(() => copies.Count > 0, $"{percent} % are copied");
        foreach (int block in watched) story.Write(lease, 2, block);
        story.Kill(isJoiner ? story.C : story.A);
        copies.Lift();
        story.Until(() => story.Serves(isJoiner ? story.A : story.B) && story.Row.Joiner == default, "the segment goes on without whoever died");
        foreach (int block in watched) Assert.Equal(2, story.Read(lease, block));
        foreach (int block in watched) story.Write(lease, 3, block);

        story.World.StartSilo(isJoiner ? story.C : story.A, sameAddress: false);
        SimSilo primary = isJoiner ? story.A : story.B;
        story.Join(story.Segment, primary, story.C);
        story.Kill(story.A);
        story.Kill(story.B);
        story.Until(() => story.Serves(story.C), "the joiner serves alone");
        foreach (int block in watched) Assert.Equal(3, story.Read(lease, block));
    });

    [Told]
    public static void A_primary_that_does_not_know_yet_that_its_joiner_is_a_member_needs_its_promise_all_the_same() => Story.Tell(new StoryShape { Copies = 3 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        StoreRule proposal = story.Writes.CatchRow(story.A, row => row.Has(story.C.Id));
        story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
        story.Until(() => proposal.Request is not null, "it is proposed");
        proposal.Land();

        // The joiner learns that it is a member, and takes over. The other member goes on promising: it hears of the new row, not of who was expelled.
        story.World.CutFromStore(story.A);
        story.World.CutFromStore(story.B);
        story.Messages.Drop<RowNotice>(to: story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.C), "the joiner takes over");
        Assert.False(story.Serves(story.A));
        Assert.True(story.A.Node.Standing.Peers[story.B.Id].HeldUntil > story.A.Now && story.A.Node.Standing.Authority.ValidUntil > story.A.Now, "all others trust it still");
        story.Write(lease, 2);
        ScriptCall read = story.Client.Read(lease).SendTo(story.A);
        story.Until(() => read.Refusal is not null || read.IsAnswered, "it says something");
        Assert.False(read.IsAnswered);
    });

    private static void WriteHundred(Story story, SimLease lease)
    {
        for (int value = 1; value <= 100; value++) story.Write(lease, value);
    }
}
