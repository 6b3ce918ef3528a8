using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A member takes a segment over from a primary that died.</summary>
internal static class TakeoverStories
{
    private static readonly StoryShape FourSilosThreeCopies = new() { Silos = 4, Copies = 3 };

    /// <summary>Where in a takeover the one who takes over dies.</summary>
    private enum Step
    {
        RootWrite,
        RowWrite,
        Seal,
        Fetch,
        Equalise,
        Wait,
        Open,
    }

    [Told(true)]
    [Told(false)]
    public static void Whoever_takes_over_with_the_shorter_stream_fetches_what_it_lacks_and_with_the_longer_one_gives_it(bool isShorter) => Story.Tell(FourSilosThreeCopies, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        (SimSilo behind, SimSilo ahead) = isShorter ? (story.B, story.C) : (story.C, story.B);

        MessageRule lag = story.Messages.Drop<Replicate>(from: story.A, to: behind);
        ScriptCall add = story.Client.Add(lease, 10).SendTo(story.A);
        story.Until(() => story.CopyAt(ahead)!.LastSequence > story.CopyAt(behind)!.LastSequence, "one backup has what the other lacks");
        ulong last = story.CopyAt(ahead)!.LastSequence;
        story.Kill(story.A);
        lag.Lift();
        story.Until(() => story.Serves(story.B), "the first of the survivors takes over");
        Assert.Equal(last, story.CopyAt(story.B)!.CommittedSequence);
        Assert.Equal(last, story.CopyAt(story.C)!.LastSequence);
        Assert.Equal(11, story.Read(lease));
        Assert.Equal(11, story.Await(add.Insist()).Value);
        Assert.Equal(11, story.Read(lease));
    });

    [Told(nameof(Step.RootWrite))]
    [Told(nameof(Step.RowWrite))]
    [Told(nameof(Step.Seal))]
    [Told(nameof(Step.Fetch))]
    [Told(nameof(Step.Equalise))]
    [Told(nameof(Step.Wait))]
    [Told(nameof(Step.Open))]
    public static void Whoever_takes_over_may_die_at_any_step_of_it(string at) => Story.Tell(FourSilosThreeCopies, story =>
    {
        Step step = Enum.Parse<Step>(at);
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        (SimSilo behind, SimSilo ahead) = step == Step.Equalise ? (story.C, story.B) : (story.B, story.C);
        MessageRule lag = story.Messages.Drop<Replicate>(from: story.A, to: behind);
        ScriptCall add = story.Client.Add(lease, 10).SendTo(story.A);
        story.Until(() => story.CopyAt(ahead)!.LastSequence > story.CopyAt(behind)!.LastSequence, "one backup has what the other lacks");

        Func<bool> isThere = Await(story, step, out Action afterwards);
        NodeId first = story.A.Id;
        story.Kill(story.A);
        story.Until(isThere, $"the takeover comes to {step}");
        if (step == Step.Open) story.Write(lease, 20);
        Assert.Equal(step <= Step.RowWrite ? first : story.B.Id, story.Row.Primary);
        story.Kill(story.B);
        afterwards();
        story.Until(() => story.Serves(story.C), "the last one takes over");
        bool wasThere = step != Step.Equalise;
        Assert.Equal(step == Step.Open ? 20 : wasThere ? 11 : 1, story.Read(lease));
        Assert.Equal(11, story.Await(add.Insist()).Value);
        Assert.Equal(step == Step.Open ? 20 : 11, story.Read(lease));
    });

    [Told(true)]
    [Told(false)]
    public static void Of_two_survivors_who_race_for_a_row_one_wins_and_the_other_follows(bool firstWins) => Story.Tell(FourSilosThreeCopies, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        StoreRule one = story.Writes.CatchRow(story.B, row => row.Primary == story.B.Id);
        StoreRule other = story.Writes.CatchRow(story.C, row => row.Primary == story.C.Id);
        story.Kill(story.A);
        story.Until(() => one.Request is not null && other.Request is not null, "both want the row");
        (StoreRule winner, StoreRule loser) = firstWins ? (one, other) : (other, one);
        winner.Land();
        loser.Land();
        loser.Reply();
        winner.Reply();

        (SimSilo primary, SimSilo backup) = firstWins ? (story.B, story.C) : (story.C, story.B);
        story.Until(() => story.Serves(primary), "the winner serves");
        story.Write(lease, 2);
        Assert.Equal(primary.Id, story.Row.Primary);
        Assert.Equal(ReplicaRole.Backup, story.ReplicaAt(backup)!.Role);
        Assert.True(story.Row.Has(backup.Id));
    });

    private static Func<bool> Await(Story story, Step step, out Action afterwards)
    {
        afterwards = () => { };
        switch (step)
        {
            case Step.RootWrite:
                NodeId dead = story.A.Id;
                StoreRule root = story.Writes.CatchRoot(story.B, written => written.HasExpelled(dead));
                afterwards = root.Land;
                return () => root.Request is not null;
            case Step.RowWrite:
                StoreRule row = story.Writes.CatchRow(story.B, written => written.Primary == story.B.Id);
                afterwards = row.Land;
                return () => row.Request is not null;
            case Step.Seal:
                MessageRule seal = story.Messages.Drop<Seal>(from: story.B);
                return () => seal.Count > 0;
            case Step.Fetch:
                MessageRule fetched = story.Messages.Drop<FetchedEntries>(to: story.B);
                return () => fetched.Count > 0;
            case Step.Equalise:
                MessageRule equalised = story.Messages.Drop<Replicate>(from: story.B);
                return () => equalised.Count > 0;
            case Step.Wait:
                return () => story.ReplicaAt(story.B) is { Role: ReplicaRole.Successor } && story.CopyAt(story.B)!.MayServe(story.B.Now);
            default:
                return () => story.Serves(story.B);
        }
    }

    [Told]
    public static void What_a_stale_primary_sent_before_it_was_followed_arrives_afterwards_and_is_not_taken() => Story.Tell(new StoryShape { Silos = 4, Copies = 3 }, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        MessageRule late = story.Messages.Hold<Replicate>(from: story.A, where: replicate => replicate.Entries.Length > 0);
        ScriptCall old = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => late.Held.Count >= 2, "the primary sends an operation");
        late.Stop();
        story.A.Stop();
        story.World.CutFromStore(story.A);
        story.DeclareDead(story.A);
        story.Until(() => story.Serves(story.B) || story.Serves(story.C), "another takes over");
        late.Lift();
        story.Pass(TimeSpan.FromMilliseconds(20));
        story.Write(lease, 3);
        SimSilo[] members = [story.B, story.C];
        SimSilo next = members.Single(story.Serves);
        story.Kill(next);
        SimSilo last = members.Single(silo => silo != next);
        story.Until(() => story.Serves(last), "and yet another");
        Assert.Equal(3, story.Read(lease));
        story.Await(old.Insist());
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void Whoever_takes_over_opens_only_once_every_member_has_what_it_found() => Story.Tell(FourSilosThreeCopies, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        story.Messages.Drop<Replicate>(from: story.A, to: story.C);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => story.CopyAt(story.B)!.LastSequence == story.CopyAt(story.A)!.LastSequence && story.CopyAt(story.A)!.LastSequence > story.CopyAt(story.A)!.CommittedSequence, "one member has it");
        MessageRule late = story.Messages.Hold<Replicate>(from: story.B, to: story.C);
        story.Kill(story.A);
        story.Until(() => late.Count > 0, "the other member is told");
        story.Pass(story.World.Times.TakeoverWait * 1.2);
        Assert.False(story.Serves(story.B), "the other member does not have it");
        late.Lift();
        story.Until(() => story.Serves(story.B), "it opens");
        story.Kill(story.B);
        story.Until(() => story.Serves(story.C), "the last one serves");
        Assert.Equal(2, story.Read(lease));
        story.Await(write.Insist());
    });
}
