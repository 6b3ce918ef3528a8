using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>A sharer that is deaf, mute or asleep. A is the primary, B its backup, C the sharer.</summary>
internal static class SharerStories
{
    private static readonly StoryShape TwoCopies = new();

    /// <param name="isDeaf">Whether callbacks do not arrive; else it drops its copies, and only its answers do not arrive.</param>
    [Told(true)]
    [Told(false)]
    public static void A_sharer_that_acknowledges_nothing_holds_up_one_block_until_its_right_has_run_out(bool isDeaf) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SegmentId own = story.MakeSegment(story.C, story.A);
        SimLease lease = story.Lease(blocks: 2);
        SimLease lease2 = story.Lease(segment: own);
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);
        ulong session = sharer.RightFrom(story.A).Session;

        MessageRule lost = isDeaf ? story.Messages.Drop<Invalidate>(to: story.C) : story.Messages.Drop<InvalidateAck>(from: story.C);
        sharer.KeepReading(lease);
        long begun = story.World.Queue.Now;
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => lost.Count > 0, "the copy is called back");

        // Other blocks go on, for as long as the log has room behind the write that waits.
        for (long value = 1; !write.IsAnswered; value++)
        {
            Assert.Equal(story.C.Id, story.RowOf(own).Primary);
            long before = story.World.Queue.Now;
            story.Write(lease, value, block: 1);
            story.Write(lease2, value);
            Assert.InRange(new TimeSpan(story.World.Queue.Now - before), TimeSpan.Zero, story.World.Times.ReadLease / 2);
            story.Pass(TimeSpan.FromMilliseconds(100));
        }

        TimeSpan lasted = new(story.World.Queue.Now - begun);
        Assert.InRange(lasted, story.World.Times.ReadLease, story.World.Times.ReadLease * 2.5);
        story.Until(() => sharer.HasRightFrom(story.A), "it may keep copies again");
        Assert.NotEqual(session, sharer.RightFrom(story.A).Session);
        sharer.Rest();
        Assert.Equal(2, sharer.Read(lease));
        sharer.Fetch(lease);
        lost.Lift();
        story.Write(lease, 3);
        Assert.Equal(3, sharer.Read(lease));
    });

    [Told]
    public static void A_sharer_that_acknowledges_too_late_may_keep_copies_again_under_another_session() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);
        MessageRule slow = story.Messages.Hold<InvalidateAck>(from: story.C);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        PeerLink given = story.A.Node.Standing.Peers[story.C.Id];
        ulong session = given.SessionGiven;
        story.Until(() => given.IsCacheWithdrawn, "its right to cache is withdrawn");
        slow.Lift();
        story.Await(write);
        Assert.True(story.A.Now <= given.CacheGrantedUntil, "the right has not run out yet");
        sharer.Fetch(lease);
        Assert.NotEqual(session, given.SessionGiven);
        story.Write(lease, 3);
        Assert.Equal(3, sharer.Read(lease));
    });

    [Told(nameof(PausePoint.BeforeCopy))]
    [Told(nameof(PausePoint.BeforeConfirm))]
    public static void A_sharer_that_slept_for_longer_than_its_right_shows_nothing_old_to_those_who_wait(string point) => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);

        story.C.StopAt(Enum.Parse<PausePoint>(point));
        List<ScriptCall> reads = [sharer.Ask(lease)];
        story.Until(() => story.C.IsPaused, "it stops in the midst of a read");
        MessageRule lost = story.Messages.Drop<Invalidate>(to: story.C);
        for (int i = 0; i < 3; i++) reads.Add(sharer.Ask(lease));
        story.Write(lease, 2);
        Assert.True(lost.Count > 0);
        for (int i = 0; i < 3; i++) reads.Add(sharer.Ask(lease));
        story.Pass(TimeSpan.FromMilliseconds(5));

        story.C.Wake();
        Assert.False(sharer.Shows(lease));
        story.Until(() => reads.TrueForAll(read => read.IsAnswered), "all are answered");
        Assert.All(reads, read => Assert.Equal(2, read.Value));
        story.Until(() => sharer.HasRightFrom(story.A), "it may keep copies again");
        Assert.Equal(2, sharer.Read(lease));
    });

    [Told]
    public static void An_acknowledgement_of_an_earlier_callback_ends_no_later_one() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);

        // The join calls the copy back, and nothing is logged for it: the next operation gets the sequence that the callback spoke of.
        MessageRule twice = story.Messages.Repeat<InvalidateAck>(from: story.C);
        story.Join(story.Segment, story.A, story.D);
        twice.Stop();
        Assert.Equal(1, twice.Count);
        sharer.Fetch(lease);
        MessageRule lost = story.Messages.Drop<Invalidate>(to: story.C);
        ScriptCall write = story.Client.Write(lease, 2).SendTo(story.A);
        story.Until(() => lost.Count > 0, "the copy is called back");
        twice.Lift();
        story.Pass(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, sharer.Read(lease));
        Assert.False(write.IsAnswered, "the copy may still be shown");
        lost.Lift();
        story.Await(write);
        Assert.Equal(2, sharer.Read(lease));
    });
}
