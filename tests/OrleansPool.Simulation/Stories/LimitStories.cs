using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Everything is bounded: what happens where a segment comes to one of its bounds, or is so large that its work is done in pieces.</summary>
internal static class LimitStories
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    [Told]
    public static void A_large_segment_ends_its_leases_and_lists_them_in_pieces()
    {
        const int BlockCount = Segment.SweepBlockCountMax + 3584;
        using var silo = new LoneSilo(blockCount: BlockCount);
        for (int left = BlockCount; left > 0; left -= 64) silo.Lease(Math.Min(64, left), Duration);
        silo.Do(Operation.Alloc(1, Duration, "one more"), OperationStatus.Exhausted);

        OperationResult first = silo.Do(Operation.ListLeases(0, LeaseOrder.Largest, LeaseQuery.CountMax));
        Assert.Equal(Segment.SweepBlockCountMax, first.Value);
        ListedLease listed = silo.Do(Operation.ListLeases((int)first.Value, LeaseOrder.Oldest, 1)).Listed![0];
        Assert.Equal((64, "lone", null, TimeSpan.Zero, Duration, UInt128.Zero), (listed.BlockCount, listed.Owner, listed.Region, listed.Age, listed.ExpiresIn, listed.Trace));
        Assert.NotEqual(default, listed.Id);

        silo.Pass(Duration * 1.1);
        Assert.Equal((0, BlockCount), (silo.Segment.LeaseCount, silo.Segment.FreeBlockCount));
        Assert.Equal(BlockCount, silo.Lease(BlockCount).BlockCount);
        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    [Told]
    public static void A_lease_is_put_together_from_the_pieces_that_are_free_wherever_they_are()
    {
        // Words of the bitmap, and whole words of its summary, without any free block lie between the pieces.
        const int BlockCount = 3 * 4096;
        using var silo = new LoneSilo(blockCount: BlockCount);
        LeaseView low = silo.Lease(2);
        silo.Lease(4500);
        LeaseView middle = silo.Lease(2);
        silo.Lease(BlockCount - 4500 - 2 - 2 - 10);
        LeaseView high = silo.Lease(10);
        foreach (LeaseView piece in new[] { low, middle }) silo.Do(Operation.OnLease(OperationKind.Free, piece.Key));
        LeaseView three = silo.Lease(3);
        Assert.Equal([low.Runs[0], middle.Runs[0] with { Count = 1 }], three.Runs);
        foreach (LeaseView piece in new[] { three, high }) silo.Do(Operation.OnLease(OperationKind.Free, piece.Key));

        LeaseView pieced = silo.Lease(13);
        Assert.Equal([low.Runs[0], middle.Runs[0], high.Runs[0] with { Count = 9 }], pieced.Runs);
        Assert.Equal(high.Runs[0].First + 9, silo.Lease().Key.Head);
        silo.Do(Operation.Alloc(1, Duration, "none is left"), OperationStatus.Exhausted);
        silo.Do(Operation.OnLease(OperationKind.Free, pieced.Key));
        Assert.Equal(low.Runs[0].First, silo.Lease(2).Key.Head);
        Assert.Equal(high.Runs[0].First, silo.Lease(5).Key.Head);
        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    [Told]
    public static void Of_more_owners_than_there_are_numbers_for_labels_the_last_has_none_and_its_lease_is_as_good()
    {
        using var silo = new LoneSilo(blockCount: LabelTable.LabelCountMax + 4);
        var leases = new List<LeaseView>();
        for (int owner = 0; owner <= LabelTable.LabelCountMax; owner++) leases.Add(silo.Lease(owner: $"owner {owner}"));
        Assert.Equal("", OwnerOf(silo, leases[^1]));
        Assert.Equal($"owner {LabelTable.LabelCountMax - 1}", OwnerOf(silo, leases[^2]));
        silo.Write(leases[^1], leases[^1].Key.Head, 3);
        Assert.Equal(3, silo.Read(leases[^1], leases[^1].Key.Head));
        silo.Do(Operation.OnLease(OperationKind.Free, leases[^1].Key));

        // Whoever goes makes room for another label.
        silo.Do(Operation.OnLease(OperationKind.Free, leases[0].Key));
        Assert.Equal("another", OwnerOf(silo, silo.Lease(owner: "another")));
        string longest = new('x', 300);
        silo.Do(Operation.OnLease(OperationKind.Free, leases[1].Key));
        Assert.Equal(longest, OwnerOf(silo, silo.Lease(owner: longest)));
    }

    [Told]
    public static void A_lease_may_have_no_owner_and_be_kept_for_no_region()
    {
        using var silo = new LoneSilo();
        LeaseView lease = silo.Do(new Operation { Kind = OperationKind.Alloc, Block = 1, Duration = Duration }).Lease;
        Assert.Equal("", OwnerOf(silo, lease));
        silo.Do(Operation.OnLease(OperationKind.Keep, lease.Key));
        Assert.Equal("", silo.Do(Operation.Plain(OperationKind.ListKept)).Kept![0].Region);
    }

    [Told]
    public static void Of_more_traces_than_are_remembered_the_last_is_forgotten_and_one_that_ends_makes_room()
    {
        using var silo = new LoneSilo(blockCount: LeaseTraces.CountMax + 2);
        var leases = new List<LeaseView>();
        for (uint trace = 1; trace <= LeaseTraces.CountMax + 1; trace++) leases.Add(Traced(trace));
        Assert.Equal(UInt128.Zero, TraceOf(silo, leases[^1]));
        Assert.Equal((UInt128)LeaseTraces.CountMax, TraceOf(silo, leases[^2]));
        silo.Do(Operation.OnLease(OperationKind.Free, leases[0].Key));
        Assert.Equal((UInt128)7, TraceOf(silo, Traced(7)));

        LeaseView Traced(UInt128 trace) => silo.Do(Operation.Alloc(1, TimeSpan.FromHours(1), "traced", trace: trace)).Lease;
    }

    [Told]
    public static void More_locks_than_a_lease_can_tell_apart_are_refused_until_some_have_ended()
    {
        using var silo = new LoneSilo(blockBytes: 64 << 10, blockCount: 2);
        LeaseView lease = silo.Lease();
        ulong fence = 0;
        for (int at = 0; at < LockFences.IntervalCountMax; at++) silo.Do(Operation.SetFence(lease.Key, 0, at * 8, 4, ++fence, []));
        silo.Do(Operation.SetFence(lease.Key, 0, LockFences.IntervalCountMax * 8, 4, ++fence, []), OperationStatus.TooManyFences);
        silo.Do(Operation.SetFence(lease.Key, 0, 0, 0, fence, [1, 2, 3]));
        silo.Do(Operation.SetFence(lease.Key, 0, LockFences.IntervalCountMax * 8, 4, fence, []));
        silo.Do(Operation.Write(lease.Key, 0, 8, new byte[4]) with { Fence = 2 });
        silo.Do(Operation.Write(lease.Key, 0, 8 * 8, new byte[4]) with { Fence = 9 }, OperationStatus.LockFenced);
        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    [Told]
    public static void A_long_entry_finds_room_in_the_log_wherever_the_one_before_it_ended()
    {
        // The smallest ring, and the longest record of a lock.
        using var silo = new LoneSilo();
        LeaseView lease = silo.Lease(12);
        ulong[] earlier = [.. Enumerable.Range(1, LockFences.EarlierCountMax).Select(fence => (ulong)fence)];
        for (ulong fence = 1000; fence < 1100; fence++)
        {
            silo.Write(lease, 0, (long)fence);
            silo.Do(Operation.SetFence(lease.Key, 0, 0, 8, fence, earlier));
            silo.Do(Operation.Write(lease.Key, 0, 0, new byte[8]) with { Fence = 500 });
        }

        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    [Told]
    public static void A_lease_of_so_many_pieces_that_no_log_entry_holds_them_is_not_taken()
    {
        // The smallest ring, and every second block in a lease.
        using var silo = new LoneSilo(blockCount: 2048);
        LeaseView[] leases = [.. Enumerable.Range(0, 2048).Select(_ => silo.Lease())];
        for (int i = 0; i < leases.Length; i += 2) silo.Do(Operation.OnLease(OperationKind.Free, leases[i].Key));
        silo.Do(Operation.Alloc(1000, Duration, "scattered"), OperationStatus.Busy);
        Assert.Equal(1024, silo.Segment.FreeBlockCount);
        Assert.Equal(200, silo.Lease(200).BlockCount);
        Assert.True(silo.Executor.TryCheckIntegrity());
    }

    private static string OwnerOf(LoneSilo silo, LeaseView lease) => silo.Segment.Leases.OwnerOf(lease.Key.Head);

    private static UInt128 TraceOf(LoneSilo silo, LeaseView lease) => silo.Segment.Leases.TraceOf(lease.Key.Head);
}
