using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>The leases that stand out, as their segment lists them.</summary>
public sealed class LeaseListingTests : IDisposable
{
    private readonly SegmentFixture _fixture = new(blockCount: 64);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_largest_leases_are_listed_and_no_more_than_were_asked_for()
    {
        foreach (int blocks in new[] { 3, 1, 7, 2, 5 }) _fixture.Alloc(blocks);

        Assert.Equal([5, 7], List(LeaseOrder.Largest, 2).Select(lease => lease.BlockCount).Order());
        Assert.Equal(5, List(LeaseOrder.Largest, 100).Length);
    }

    [Fact]
    public void The_oldest_leases_are_listed_with_their_age()
    {
        foreach (int blocks in new[] { 4, 3, 2 })
        {
            _fixture.Alloc(blocks, TimeSpan.FromHours(1));
            _fixture.Now += TimeSpan.FromSeconds(10);
        }

        ListedLease oldest = Assert.Single(List(LeaseOrder.Oldest, 1));
        Assert.Equal((4, TimeSpan.FromSeconds(30)), (oldest.BlockCount, oldest.Age));
        Assert.Equal(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(30), oldest.ExpiresIn);
        Assert.Equal("test", oldest.Owner);
    }

    [Fact]
    public void What_a_region_keeps_is_listed_with_its_name_and_never_runs_out()
    {
        LeaseView lease = _fixture.Alloc(2);
        _fixture.Step(Operation.Keep(lease.Key, "orders"));

        ListedLease listed = Assert.Single(List(LeaseOrder.Largest, 10));

        Assert.Equal(("orders", TimeSpan.MaxValue, lease.Key.Id), (listed.Region, listed.ExpiresIn, listed.Id));
    }

    [Fact]
    public void A_lease_remembers_its_trace_until_it_ends()
    {
        UInt128 trace = UInt128.MaxValue - 5;
        LeaseView lease = _fixture.Step(Operation.Alloc(1, SegmentFixture.Duration, "", trace: trace)).Lease;
        Assert.Equal(trace, Assert.Single(List(LeaseOrder.Oldest, 10)).Trace);

        _fixture.OnLease(OperationKind.Free, lease.Key);
        _fixture.Alloc(64);

        Assert.Equal((UInt128)0, Assert.Single(List(LeaseOrder.Oldest, 10)).Trace);
    }

    [Fact]
    public void Traces_beside_a_segment_are_bounded()
    {
        var traces = new LeaseTraces();
        for (int head = 0; head <= LeaseTraces.CountMax; head++) traces.Add(head, 7);

        Assert.Equal((UInt128)7, traces[LeaseTraces.CountMax - 1]);
        Assert.Equal((UInt128)0, traces[LeaseTraces.CountMax]);
        traces.Remove(0);
        traces.Add(LeaseTraces.CountMax, 9);
        Assert.Equal((UInt128)9, traces[LeaseTraces.CountMax]);
    }

    [Fact]
    public void One_step_looks_at_a_bounded_number_of_blocks_and_tells_where_to_go_on()
    {
        using var large = new SegmentFixture(blockBytes: 64, blockCount: Segment.SweepBlockCountMax + 10);
        for (int i = 0; i < Segment.SweepBlockCountMax + 10; i++) large.Alloc(1);

        OperationResult first = large.Step(Operation.ListLeases(0, LeaseOrder.Largest, LeaseQuery.CountMax));
        OperationResult second = large.Step(Operation.ListLeases((int)first.Value, LeaseOrder.Largest, LeaseQuery.CountMax));

        Assert.Equal((Segment.SweepBlockCountMax, LeaseQuery.CountMax), ((int)first.Value, first.Listed!.Length));
        Assert.Equal((0, 10), ((int)second.Value, second.Listed!.Length));
    }

    [Theory]
    [InlineData(-1, 10)]
    [InlineData(0, 0)]
    [InlineData(0, LeaseQuery.CountMax + 1)]
    public void A_listing_out_of_its_limits_is_refused(int from, int count) =>
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.ListLeases(from, LeaseOrder.Largest, count)).Status);

    private ListedLease[] List(LeaseOrder order, int count)
    {
        OperationResult result = _fixture.Step(Operation.ListLeases(0, order, count));
        Assert.Equal((OperationStatus.Ok, 0), (result.Status, result.Value));
        return result.Listed!;
    }
}
