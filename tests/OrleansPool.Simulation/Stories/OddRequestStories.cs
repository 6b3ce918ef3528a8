using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Applications ask for what they have no right to, or for what there is not: each is told so, and nothing changes.</summary>
internal static class OddRequestStories
{
    private static readonly StoryShape TwoCopies = new();

    [Told]
    public static void What_lies_outside_of_a_block_or_of_a_lease_is_neither_written_nor_read() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        int block = lease.Blocks[0];
        int count = story.World.Geometry.BlockCount;
        int bytes = story.World.Geometry.BlockBytes;
        byte[] word = new byte[8];
        Operation[] writes =
        [
            Operation.Write(lease.Key, -1, 0, word), Operation.Write(lease.Key, count, 0, word), Operation.Write(lease.Key, block, -8, word),
            Operation.Write(lease.Key, block, bytes - 4, word), Operation.Write(lease.Key, block, 0, new byte[bytes + 1]),
            Operation.SetFence(lease.Key, -1, 0, 8, 1, []), Operation.SetFence(lease.Key, block, -1, 8, 1, []), Operation.SetFence(lease.Key, block, bytes, 8, 1, []),
            Operation.SetFence(lease.Key, block, 0, -8, 1, []), Operation.SetFence(lease.Key, block, 0, bytes * count, 1, []),
            Operation.ListLeases(-1, LeaseOrder.Largest, 1), Operation.ListLeases(0, LeaseOrder.Largest, LeaseQuery.CountMax + 1), Operation.Plain(OperationKind.Close),
        ];
        foreach (Operation write in writes) story.Await(story.Client.Ask(story.Segment, write, lease).Insist(), OperationStatus.OutOfBounds);

        Segment copy = story.CopyAt(story.A)!;
        Assert.False(copy.Copy(-1, lease.Key.Generation, 0, word, out _) || copy.Copy(block, lease.Key.Generation, -8, word, out _) || copy.Copy(block, lease.Key.Generation, 0, new byte[bytes + 1], out _));
        Assert.False(copy.Peek(count, lease.Key.Generation, out _) || (copy.Peek(block, lease.Key.Generation + 1, out ReadTicket ticket) && copy.Confirm(ticket, story.A.Now)));
        Assert.Equal(1, story.Read(lease));
    });

    [Told]
    public static void A_token_that_nobody_issued_opens_nothing_on_the_silo_nor_through_a_cache() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        var sharer = new Sharer(story, story.C);
        sharer.Fetch(lease);
        int block = lease.Blocks[0];
        int count = story.World.Geometry.BlockCount;
        LeaseKey forged = lease.Key with { Id = new LeaseId(lease.Key.Id.Value + 1) };
        foreach (LeaseKey key in new[] { forged, lease.Key with { Head = count }, lease.Key with { Head = -1 } })
        {
            story.Await(story.Client.Ask(story.Segment, Operation.Write(key, block, 0, new byte[8]), lease).Insist(), OperationStatus.Forged);
        }

        story.Await(story.Client.CachedRead(lease, story.C, forged, block), OperationStatus.Forged);
        story.Await(story.Client.CachedRead(lease, story.C, lease.Key, count), OperationStatus.OutOfBounds);
        Assert.Equal(1, sharer.Read(lease));
        Assert.True(sharer.Shows(lease), "neither harms");
    });

    [Told]
    public static void What_a_cache_has_is_shown_only_within_its_bounds_and_after_a_hit() => Story.Tell(TwoCopies, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        story.Write(lease, 1);
        new Sharer(story, story.C).Fetch(lease);
        CoherentCache cache = story.C.Node.Cache!;
        byte[] word = new byte[8];
        Assert.True(cache.TryRead(story.A.Id, story.Segment, lease.Blocks[0], lease.Key, 0, word, out CacheTicket hit) && cache.Confirm(hit, story.C.Now));
        Assert.False(cache.TryRead(story.A.Id, story.Segment, lease.Blocks[0], lease.Key, -1, word, out CacheTicket miss));
        Assert.False(cache.TryRead(story.A.Id, story.Segment, lease.Blocks[0], lease.Key with { Generation = lease.Key.Generation + 1 }, 0, word, out _));
        Assert.False(cache.TryRead(story.A.Id, story.Segment, lease.Blocks[0], lease.Key, story.World.Geometry.BlockBytes - 4, word, out _));
        Assert.False(cache.Confirm(miss, story.C.Now));
    });

    [Told]
    public static void A_silo_that_is_asked_about_a_segment_that_it_does_not_have_says_so_and_does_nothing() => Story.Tell(new StoryShape { Silos = 4 }, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease();
        var unknown = new SegmentId(999);
        bool begun = false;
        story.C.Do((node, now, outbox) =>
        {
            begun |= node.TryJoin(story.Segment, story.D.Id, now, outbox);
            begun |= node.TryMove(story.Segment, story.D.Id, now, outbox);
            begun |= node.TryDelete(story.Segment, now, outbox);
            node.AskToLeave(story.Segment, outbox);
        });
        var reader = new Waiter();
        story.C.Do((node, now, outbox) => node.Miss(unknown, 0, lease.Key, reader, now, outbox));
        story.A.Do((node, now, outbox) => node.Miss(story.Segment, 0, lease.Key, reader, now, outbox));
        Assert.False(begun);
        Assert.Equal([OperationStatus.NotPrimary, OperationStatus.NotPrimary], reader.Told);
        story.Write(lease, 1);
        Assert.Equal([story.A.Id, story.B.Id], story.Row.InSync);
    });

    private sealed class Waiter : IFillWaiter
    {
        public List<OperationStatus> Told { get; } = [];

        public void Filled(OperationStatus status, ulong version, ReadOnlySpan<byte> block) => Told.Add(status);
    }
}
