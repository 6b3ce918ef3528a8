using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>
/// A change of a row is on its way to the store and times out. Read again the row is the old one, and then the write lands all the same, or finds
/// that it is too late; and whoever proposed it may be dead by then. In all of these nothing that was acknowledged is gone.
/// </summary>
internal static class UnknownOutcomeStories
{
    private enum Change
    {
        Join,
        Removal,
        Takeover,
        Move,
        Lost,
    }

    private static readonly StoryShape FourSilos = new() { Silos = 4, Copies = 3 };

    public static IEnumerable<object[]> Cases() =>
        from change in Enum.GetNames<Change>()
        from lands in (bool[])[false, true]
        from dies in (bool[])[false, true]
        select new object[] { change, lands, dies };

    /// <param name="what">What is proposed.</param>
    /// <param name="lands">Whether it lands, just before the next write over the same version, or comes too late.</param>
    /// <param name="dies">Whether the proposer dies while nobody knows.</param>
    [ToldFor(nameof(Cases))]
    public static void A_change_that_was_read_as_not_applied_may_land_later(string what, bool lands, bool dies) => Story.Tell(FourSilos, story =>
    {
        Change change = Enum.Parse<Change>(what);
        SimSilo[] members = change switch
        {
            Change.Join => [story.A, story.B],
            Change.Lost => [story.A],
            _ => [story.A, story.B, story.C],
        };
        story.MakeSegment(members);
        SimLease lease = story.Lease();
        story.Write(lease, 1);

        (SimSilo proposer, StoreRule proposal) = Propose(story, change);
        story.Until(() => proposal.Request is not null, "it is proposed");
        MessageRule mute = story.Messages.Drop<ReplicateAck>(from: story.C);
        ScriptCall add = story.Client.Add(lease, 10).SendTo(story.A);
        if (change is Change.Join or Change.Removal)
        {
            story.Pass(TimeSpan.FromMilliseconds(400));
            Assert.False(add.IsAnswered, "the larger set counts while nobody knows which it is");
        }

        StoreRule before = story.Writes.BeforeNextWrite(lands ? proposal.Land : () => { });
        if (change != Change.Removal) mute.Lift();
        if (dies) story.Kill(proposer);
        story.Until(() => before.Request is not null, "the same version is written over");
        if (!lands)
        {
            story.Pass(TimeSpan.FromMilliseconds(50));
            proposal.Land();
        }

        if (change == Change.Lost)
        {
            story.Until(() => story.Row.State == SegmentState.Lost, "the segment is lost");
            story.AwaitLost(add);
            return;
        }

        story.Until(() => story.World.Silos.Exists(story.Serves), "somebody serves");
        Assert.Equal(11, story.Await(add.Insist()).Value);

        // Whoever is a member now has everything.
        SegmentRow row = story.Row;
        foreach (SimSilo silo in story.World.Silos.Where(silo => silo.IsUp && silo.Id != row.InSync[^1])) story.Kill(silo);
        SimSilo last = story.World.Silos.Single(silo => silo.Id == row.InSync[^1]);
        story.Until(() => story.Serves(last), "the last member serves");
        Assert.Equal(11, story.Read(lease));
    });

    private static (SimSilo Proposer, StoreRule Proposal) Propose(Story story, Change change)
    {
        StoreRule proposal;
        switch (change)
        {
            case Change.Join:
                proposal = story.Writes.CatchRow(story.A, row => row.Has(story.C.Id));
                story.A.Do((node, now, outbox) => node.TryJoin(story.Segment, story.C.Id, now, outbox));
                return (story.A, proposal);
            case Change.Removal:
                story.Messages.Drop<ReplicateAck>(from: story.C);
                story.NewClient().OpenSession(story.Segment).SendTo(story.A);
                return (story.A, story.Writes.CatchRow(story.A, row => !row.Has(story.C.Id)));
            case Change.Takeover:
                story.Kill(story.A);
                return (story.B, story.Writes.CatchRow(story.B, row => row.Primary == story.B.Id));
            case Change.Move:
                proposal = story.Writes.CatchRow(story.A, row => row.Primary == story.B.Id);
                story.A.Do((node, now, outbox) => node.TryMove(story.Segment, story.B.Id, now, outbox));
                return (story.A, proposal);
            default:
                story.Kill(story.A);
                return (story.B, story.Writes.CatchRow(story.B, row => row.State == SegmentState.Lost));
        }
    }
}
