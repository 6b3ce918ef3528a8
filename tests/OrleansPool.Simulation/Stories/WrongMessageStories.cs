using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using OrleansPool.Simulation.World;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>
/// A node with a mistake in it sends messages that are well formed and that no sound node would send: in another's name, to one whom they do
/// not concern, about what there is not. Nobody takes harm.
/// </summary>
internal static class WrongMessageStories
{
    private static readonly StoryShape FourSilos = new() { Silos = 4 };

    [Told]
    public static void Only_the_primary_tells_a_member_what_to_do_and_only_members_tell_the_primary_what_they_have() => Story.Tell(FourSilos, story =>
    {
        SimLease lease = Begin(story);
        foreach (SimSilo receiver in new[] { story.A, story.B, story.C, story.D })
        {
            foreach (SegmentMessage message in Everything(story, lease)) story.Slip(receiver, story.D.Id, message);
        }

        story.Pass(TimeSpan.FromSeconds(1));
        AssertNothingChanged(story, lease);
    });

    [Told]
    public static void A_primary_is_not_moved_by_what_a_primary_says() => Story.Tell(FourSilos, story =>
    {
        SimLease lease = Begin(story);
        foreach (SegmentMessage message in Everything(story, lease).Where(message => message is not (LeaveRequest or ReplicateAck)))
        {
            story.Slip(story.A, story.B.Id, message);
            story.Slip(story.B, story.C.Id, message);
        }

        story.Pass(TimeSpan.FromSeconds(1));
        AssertNothingChanged(story, lease);
    });

    [Told]
    public static void A_joiner_takes_its_copy_from_its_primary_only() => Story.Tell(FourSilos, story =>
    {
        SimLease lease = Begin(story);
        MessageRule images = story.Messages.Hold<CopyBlocks>(to: story.D);
        MessageRule parts = story.Messages.Hold<SnapshotPart>(to: story.D, where: part => part.Part > 0);
        story.BeginJoin(story.A, story.D);
        story.Until(() => parts.Count > 0 && story.ReplicaAt(story.D) is { Joiner.IsInstalled: false }, "the snapshot is under way");
        story.Slip(story.D, story.A.Id, new Replicate(story.Segment, story.Row.Epoch, [], 1, null));
        parts.Lift();
        story.Until(() => images.Count > 0 && story.ReplicaAt(story.D) is { Joiner.IsInstalled: true }, "the copy is under way");
        foreach (SegmentMessage message in Everything(story, lease)) story.Slip(story.D, story.C.Id, message);
        foreach (SegmentMessage message in Everything(story, lease).Where(message => message is Seal or FetchEntries or MovePrepare or ConsentRequest)) story.Slip(story.D, story.A.Id, message);
        images.Lift();
        story.Until(() => story.Row.Has(story.D.Id), "it becomes a member");
        story.Write(lease, 2);
        foreach (SimSilo other in new[] { story.A, story.B, story.C }) story.Kill(other);
        story.Until(() => story.Serves(story.D), "it serves alone");
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void An_allocation_of_blocks_that_there_are_not_or_that_are_another_s_is_not_taken() => Story.Tell(FourSilos, story =>
    {
        SimLease lease = Begin(story);
        ulong last = story.CopyAt(story.B)!.LastSequence;
        int count = story.World.Geometry.BlockCount;
        foreach (BlockRun run in new BlockRun[] { new(-1, 2), new(0, 0), new(0, -1), new(count - 1, 2), new(count, 1), new(lease.Blocks[0], 1) })
        {
            Operation alloc = Operation.Alloc(1, TimeSpan.FromHours(1), "wrong");
            byte[] record = new byte[AllocRecord.BytesFor("wrong", 1)];
            AllocRecord.Write(record, alloc, [run]);
            var entry = new StreamEntry(last + 1, story.Row.Epoch, default, 0, run.First, 1, OperationKind.Alloc, OperationStatus.Ok, record);
            story.Slip(story.B, story.A.Id, new Replicate(story.Segment, story.Row.Epoch, [entry], last, null));
        }

        Assert.Equal(last, story.CopyAt(story.B)!.LastSequence);
        story.Write(lease, 2);
        story.Kill(story.A);
        story.Until(() => story.Row.Primary != story.A.Id, "another takes over");
        Assert.Equal(2, story.Read(lease));
    });

    [Told]
    public static void A_silo_hears_of_segments_that_it_does_not_know_and_from_nodes_without_a_name() => Story.Tell(FourSilos with { CachedBlocks = 0 }, story =>
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        var unknown = new SegmentId(999);
        story.Slip(story.D, story.A.Id, new ReplicateAck(unknown, 3, 1, 0));
        story.Slip(story.D, story.A.Id, new Invalidate(story.Segment, story.Row.Epoch, 0, 1, 1));
        story.Slip(story.D, story.A.Id, new FillReply(story.Segment, story.Row.Epoch, 1, 0, OperationStatus.Ok, 1, 0, [], default));
        story.Slip(story.D, default, new RowNotice(story.Row));
        story.Slip(story.A, story.C.Id, new RowNotice(story.Row with { Epoch = 1 }));

        // A cluster that keeps no copies reads at the primary.
        ScriptCall read = story.Client.CachedRead(lease, story.D).SendTo(story.D);
        story.Until(() => read.Refusal == OperationStatus.NotPrimary, "it says where to ask");
        story.Pass(TimeSpan.FromSeconds(1));
        AssertNothingChanged(story, lease);
    });

    /// <summary>Every message about the segment, in its present epoch.</summary>
    private static SegmentMessage[] Everything(Story story, SimLease lease)
    {
        (SegmentId id, ulong epoch) = (story.Segment, story.Row.Epoch);
        ulong last = story.CopyAt(story.A)!.LastSequence;
        return
        [
            new Replicate(id, epoch, [], last + 5, null), new ReplicateAck(id, epoch, last + 5, 0), new ReplicateAck(id, epoch - 1, last + 5, 0), new Seal(id, epoch, story.Row),
            new SealReply(id, epoch, last + 5, last + 5), new FetchEntries(id, epoch, 1), new FetchedEntries(id, epoch, []), new SnapshotAck(id, epoch, last, -1),
            new CopyBlocks(id, epoch, last, 1, last, 0, 12, []), new CopyAck(id, epoch, last, 1, false), new LeaveRequest(id, epoch), new MoveReady(id, epoch),
            new MovePrepare(id, epoch), new ConsentRequest(id, epoch), new InvalidateAck(id, epoch, 0, 99), new FillRequest(id, epoch, 1, lease.Blocks[0], lease.Key, 0),
            new SnapshotPart(id, epoch, last, 0, 1, default, story.Row), new Invalidate(id, epoch, lease.Blocks[0], last + 5, 99),
            new FillReply(id, epoch, 99, lease.Blocks[0], OperationStatus.Ok, last, 1, [], new byte[64]),
        ];
    }

    private static SimLease Begin(Story story)
    {
        story.MakeSegment(story.A, story.B, story.C);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        return lease;
    }

    private static void AssertNothingChanged(Story story, SimLease lease)
    {
        Assert.Equal((story.A.Id, 3), (story.Row.Primary, story.Row.InSync.Length));
        Assert.Equal(1, story.Read(lease));
        story.Write(lease, 2);
        story.Kill(story.A);
        story.Until(() => story.Row.Primary != story.A.Id, "another takes over");
        Assert.Equal(2, story.Read(lease));
    }
}
