using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

public sealed class SegmentTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_next_holder_of_a_block_finds_zeros()
    {
        LeaseView first = _fixture.Alloc(64);
        for (int block = 0; block < 64; block++) _fixture.Write(first.Key, block, [.. Enumerable.Repeat((byte)0xAB, 128)]);
        _fixture.OnLease(OperationKind.Free, first.Key);

        LeaseView second = _fixture.Alloc(64);

        for (int block = 0; block < 64; block++) Assert.Equal(new byte[128], _fixture.Read(block, second.Key.Generation));
    }

    [Fact]
    public void Blocks_are_not_free_before_they_are_zeroed()
    {
        _fixture.ZeroesAtOnce = false;
        LeaseView lease = _fixture.Alloc(64);
        _fixture.OnLease(OperationKind.Free, lease.Key);
        Assert.Equal(OperationStatus.Exhausted, _fixture.Step(Operation.Alloc(1, SegmentFixture.Duration, "")).Status);

        _fixture.Segment.Zero(_fixture.Retired.Single());

        Assert.Equal(64, _fixture.Segment.FreeBlockCount);
        _fixture.Alloc(64);
    }

    [Fact]
    public void Many_blocks_are_taken_all_or_not_at_all_even_out_of_fragments()
    {
        LeaseView[] singles = [.. Enumerable.Range(0, 64).Select(_ => _fixture.Alloc(1))];
        for (int i = 0; i < 64; i += 2) _fixture.OnLease(OperationKind.Free, singles[i].Key);

        Assert.Equal(OperationStatus.Exhausted, _fixture.Step(Operation.Alloc(33, SegmentFixture.Duration, "")).Status);
        Assert.Equal(32, _fixture.Segment.FreeBlockCount);
        LeaseView scattered = _fixture.Alloc(32);
        Assert.Equal(32, scattered.Runs.Length);
        Assert.Equal(0, _fixture.Segment.FreeBlockCount);
        _fixture.Segment.CheckIntegrity();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Fewer_than_one_block_is_out_of_bounds(int count) =>
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Alloc(count, SegmentFixture.Duration, "")).Status);

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(64, 0, 1)]
    [InlineData(int.MaxValue, 0, 1)]
    [InlineData(0, -1, 1)]
    [InlineData(0, 128, 1)]
    [InlineData(0, 1, 128)]
    [InlineData(0, int.MaxValue, 2)]
    [InlineData(0, 0, 129)]
    public void A_write_outside_its_block_is_out_of_bounds(int block, int offset, int count)
    {
        LeaseView lease = _fixture.Alloc(64);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Write(lease.Key, block, offset, new byte[count])).Status);
        byte[] destination = new byte[count];
        Assert.False(_fixture.Segment.Copy(block, lease.Key.Generation, offset, destination, out _));
        Assert.Equal(0ul, _fixture.Segment.LastSequence - 1);
    }

    [Fact]
    public void A_write_into_a_block_of_another_lease_is_out_of_bounds()
    {
        LeaseView mine = _fixture.Alloc(1);
        LeaseView other = _fixture.Alloc(1);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Write(mine.Key, other.Key.Head, 1));
        Assert.Equal(new byte[128], _fixture.Read(other.Key.Head, other.Key.Generation));
    }

    [Fact]
    public void Compare_exchange_and_add_want_aligned_offsets()
    {
        LeaseView lease = _fixture.Alloc(1);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Add(lease.Key, 0, 4, 1)).Status);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.CompareExchange(lease.Key, 0, 1, 0, 1)).Status);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Add(lease.Key, 0, 128, 1)).Status);
        Assert.Equal(long.MinValue, _fixture.Step(Operation.Add(lease.Key, 0, 8, long.MinValue)).Value);
        Assert.Equal(long.MaxValue, _fixture.Step(Operation.Add(lease.Key, 0, 8, -1)).Value);
    }

    [Fact]
    public void Forged_keys_are_told_from_stale_ones_and_rights_are_part_of_the_id()
    {
        LeaseView lease = _fixture.Alloc(2);
        LeaseKey readOnly = SegmentFixture.ReadOnly(lease);
        foreach (LeaseKey forged in new[]
        {
            lease.Key with { Id = new LeaseId(lease.Key.Id.Value ^ 1) },
            lease.Key with { Generation = lease.Key.Generation + 1 },
            lease.Key with { Head = -1 },
            lease.Key with { Head = 64 },
            readOnly with { Rights = LeaseRights.Owner },
            lease.Key with { Rights = LeaseRights.Read },
            default,
        })
        {
            Assert.Equal(OperationStatus.Forged, _fixture.OnLease(OperationKind.Inspect, forged));
            Assert.Equal(OperationStatus.Forged, _fixture.Write(forged, 0, 1));
        }

        foreach (OperationKind kind in new[] { OperationKind.Free, OperationKind.Transfer, OperationKind.Renew })
        {
            Assert.Equal(OperationStatus.Denied, _fixture.OnLease(kind, readOnly));
        }

        Assert.Equal(OperationStatus.Denied, _fixture.Step(Operation.Keep(readOnly, "r")).Status);
        Assert.Equal(OperationStatus.Denied, _fixture.Write(readOnly, 0, 1));
        Assert.Equal(OperationStatus.Denied, _fixture.Step(Operation.Add(readOnly, 0, 0, 1)).Status);

        // A key whose generation is right but whose head is another block of the lease is no key of a lease.
        Assert.Equal(OperationStatus.Fenced, _fixture.OnLease(OperationKind.Inspect, lease.Key with { Head = 1 }));
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Free, lease.Key));
        Assert.Equal(OperationStatus.Fenced, _fixture.OnLease(OperationKind.Free, lease.Key));
        Assert.Equal(2, _fixture.Segment.Counters.Fences);
    }

    [Fact]
    public void A_lease_runs_out_exactly_when_its_duration_is_over_and_not_before()
    {
        LeaseView shortLived = _fixture.Alloc(1, TimeSpan.FromSeconds(1));
        LeaseView renewed = _fixture.Alloc(1, TimeSpan.FromSeconds(1));
        LeaseView longLived = _fixture.Alloc(1, TimeSpan.FromSeconds(2));
        Tick start = _fixture.Now;
        Assert.Equal(start + TimeSpan.FromSeconds(1), _fixture.Segment.WakeAt);

        _fixture.Now = start + TimeSpan.FromMilliseconds(500);
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Renew, renewed.Key));
        _fixture.Now = start + TimeSpan.FromSeconds(1) + TimeSpan.FromTicks(-1);
        _fixture.Sweep();
        Assert.Equal(3, _fixture.Segment.LeaseCount);

        _fixture.Now = start + TimeSpan.FromSeconds(1);
        _fixture.Sweep();
        Assert.Equal(2, _fixture.Segment.LeaseCount);
        Assert.Equal(OperationStatus.Expired, _fixture.OnLease(OperationKind.Renew, shortLived.Key));
        Assert.Equal(start + TimeSpan.FromSeconds(1.5), _fixture.Segment.WakeAt);

        _fixture.Now = start + TimeSpan.FromSeconds(1.5);
        _fixture.Sweep();
        Assert.Equal(OperationStatus.Expired, _fixture.OnLease(OperationKind.Renew, renewed.Key));
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Renew, longLived.Key));
        Assert.Equal(2, _fixture.Segment.Counters.Expiries);
        _fixture.OnLease(OperationKind.Free, longLived.Key);
        _fixture.Now += TimeSpan.FromHours(1);
        _fixture.Sweep();
        Assert.Equal(Tick.Never, _fixture.Segment.WakeAt);
    }

    [Fact]
    public void Reads_and_inspections_never_renew()
    {
        LeaseView lease = _fixture.Alloc(1, TimeSpan.FromSeconds(1));
        for (int i = 0; i < 10; i++)
        {
            _fixture.Now += TimeSpan.FromMilliseconds(100);
            Assert.NotNull(_fixture.Read(0, lease.Key.Generation));
            Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Inspect, lease.Key));
            if (i < 9) _fixture.Sweep();
        }

        _fixture.Sweep();
        Assert.Equal(0, _fixture.Segment.LeaseCount);
        Assert.Null(_fixture.Read(0, lease.Key.Generation));
    }

    [Fact]
    public void A_sweep_of_a_large_segment_goes_in_bounded_steps()
    {
        using var large = new SegmentFixture(64, Segment.SweepBlockCountMax * 3);
        for (int i = 0; i < 10; i++) large.Alloc(4_900, TimeSpan.FromSeconds(1));
        large.Now += TimeSpan.FromSeconds(1);
        int steps = 0;
        do
        {
            large.Step(Operation.Plain(OperationKind.Sweep));
            steps++;
        }
        while (large.Segment.WakeAt <= large.Now);

        Assert.Equal(3, steps);
        Assert.Equal(0, large.Segment.LeaseCount);
        Assert.Equal(10, large.Segment.Counters.Expiries);
        large.Step(Operation.Plain(OperationKind.Sweep));
        Assert.Equal(large.Segment.Geometry.BlockCount, large.Segment.FreeBlockCount);
    }

    [Fact]
    public void A_kept_lease_outlives_every_sweep_and_is_listed()
    {
        LeaseView lease = _fixture.Alloc(3, TimeSpan.FromSeconds(1));
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Keep(lease.Key, "orders")).Status);
        ulong sequence = _fixture.Segment.LastSequence;
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Keep(lease.Key, "orders")).Status);
        Assert.Equal(sequence, _fixture.Segment.LastSequence);
        _fixture.Now += TimeSpan.FromDays(1000);
        _fixture.Sweep();

        KeptLease kept = Assert.Single(_fixture.Step(Operation.Plain(OperationKind.ListKept)).Kept!);
        Assert.Equal(("orders", 3, lease.Key), (kept.Region, kept.BlockCount, kept.Key));
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Renew, lease.Key));
        _fixture.Sweep();
        Assert.Equal(1, _fixture.Segment.KeptCount);
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Free, lease.Key));
        Assert.Equal(0, _fixture.Segment.KeptCount);
    }

    [Fact]
    public void A_closed_segment_serves_nobody_and_only_an_empty_one_closes()
    {
        LeaseView lease = _fixture.Alloc(1);
        Assert.Equal(OperationStatus.Busy, _fixture.Step(Operation.Plain(OperationKind.Close)).Status);
        Assert.NotNull(_fixture.Read(0, lease.Key.Generation));
        _fixture.OnLease(OperationKind.Free, lease.Key);
        Assert.True(_fixture.Segment.Copy(0, _fixture.Segment.LastSequence, 0, new byte[1], out ReadTicket before));

        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Plain(OperationKind.Close)).Status);

        Assert.True(_fixture.Segment.IsClosed);
        Assert.Equal(OperationStatus.NoSegment, _fixture.Step(Operation.Alloc(1, SegmentFixture.Duration, "")).Status);
        Assert.False(_fixture.Segment.Confirm(before, _fixture.Now));
        Assert.Null(_fixture.Read(0, lease.Key.Generation));
        Assert.False(_fixture.Segment.Peek(0, lease.Key.Generation, out _));
    }

    [Fact]
    public void The_log_wraps_around_under_large_writes()
    {
        using var segment = new SegmentFixture(4096, 16);
        LeaseView lease = segment.Alloc(16);
        byte[] bytes = new byte[4096];
        for (int i = 0; i < 10_000; i++)
        {
            int count = 1 + (i * 37 % 4096);
            bytes.AsSpan(0, count).Fill((byte)i);
            Assert.Equal(OperationStatus.Ok, segment.Step(Operation.Write(lease.Key, i % 16, 0, bytes.AsMemory(0, count))).Status);
            if (i % 100 == 0) segment.Segment.CheckIntegrity();
            Assert.Equal((byte)i, segment.Read(i % 16, lease.Key.Generation)![count - 1]);
        }

        Assert.Equal(segment.Segment.LastSequence, segment.Segment.CommittedSequence);
    }

    [Fact]
    public void The_version_of_a_block_moves_with_its_bytes_only()
    {
        LeaseView lease = _fixture.Alloc(2);
        Assert.True(_fixture.Segment.Peek(0, lease.Key.Generation, out ReadTicket before));
        _fixture.Write(lease.Key, 1, 1);
        _fixture.Step(Operation.CompareExchange(lease.Key, 0, 0, 5, 6));
        Assert.True(_fixture.Segment.Peek(0, lease.Key.Generation, out ReadTicket same));
        Assert.Equal(before.Version, same.Version);
        OperationResult written = _fixture.Step(Operation.Write(lease.Key, 0, 0, new byte[1]));
        Assert.True(_fixture.Segment.Peek(0, lease.Key.Generation, out ReadTicket after));
        Assert.Equal(written.Sequence, after.Version);
    }

    [Fact]
    public void A_segment_whose_state_is_broken_serves_nobody_and_says_that_its_memory_is_lost()
    {
        LeaseView lease = _fixture.Alloc(1);
        _fixture.Write(lease.Key, 0, 1, 2, 3);
        _fixture.BreakGeneration(block: 1);

        Assert.Equal(OperationStatus.Lost, _fixture.Step(Operation.Alloc(1, SegmentFixture.Duration, "")).Status);

        Assert.NotNull(_fixture.Segment.Fault);
        Assert.True(_fixture.Segment.IsClosed);
        Assert.Null(_fixture.Read(0, lease.Key.Generation));
        Assert.Equal(OperationStatus.Lost, _fixture.Write(lease.Key, 0, 4));
        Assert.Equal(OperationStatus.Lost, _fixture.OnLease(OperationKind.Inspect, lease.Key));
        Assert.Equal(Tick.Never, _fixture.Segment.WakeAt);
    }

    [Fact]
    public void A_session_that_is_idle_for_too_long_is_closed_even_where_no_lease_runs_out()
    {
        ulong session = (ulong)_fixture.Step(Operation.Plain(OperationKind.OpenSession)).Value;
        Assert.Equal(_fixture.Now + SessionTable.IdleMax, _fixture.Segment.WakeAt);

        _fixture.Now += SessionTable.IdleMax;
        _fixture.Sweep();

        Assert.Equal(Tick.Never, _fixture.Segment.WakeAt);
        LeaseView lease = _fixture.Alloc(1);
        Assert.Equal(
            OperationStatus.Indeterminate, _fixture.Step(Operation.Add(lease.Key, 0, 0, 1, new RequestId(session, 1, 1))).Status);
    }

    [Fact]
    public void An_operation_of_an_unknown_kind_is_refused()
    {
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Plain((OperationKind)200)).Status);
        Assert.Equal(OperationStatus.OutOfBounds, _fixture.Step(Operation.Plain(OperationKind.Expire)).Status);
        _fixture.Alloc(1);
    }
}
