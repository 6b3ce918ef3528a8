using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>Exactly once: a retried request gets its first result, or is told that nobody can know.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_retried_request_gets_the_first_result_and_happens_once()
    {
        ulong session = Open();
        LeaseView lease = _fixture.Alloc(1);
        OperationResult first = Add(session, 1, 1, lease);
        OperationResult second = Add(session, 2, 1, lease);
        Assert.Equal((5, 10), (first.Value, second.Value));

        Assert.Equal(first, Add(session, 1, 1, lease));
        Assert.Equal(second, Add(session, 2, 1, lease));
        Assert.Equal(15, Add(session, 3, 1, lease).Value);
    }

    [Fact]
    public void A_retried_allocation_gets_the_same_lease()
    {
        ulong session = Open();
        OperationResult first = _fixture.Step(Operation.Alloc(3, SegmentFixture.Duration, "", new RequestId(session, 1, 1)));
        OperationResult again = _fixture.Step(Operation.Alloc(3, SegmentFixture.Duration, "", new RequestId(session, 1, 1)));
        Assert.Equal(first.Lease.Key, again.Lease.Key);
        Assert.Equal(3, _fixture.Segment.LeasedBlockCount);
    }

    [Fact]
    public void A_failed_comparison_is_remembered_and_a_refusal_is_judged_anew()
    {
        ulong session = Open();
        LeaseView lease = _fixture.Alloc(1);
        OperationResult mismatch = _fixture.Step(Operation.CompareExchange(lease.Key, 0, 0, 9, 1, new RequestId(session, 1, 1)));
        _fixture.Step(Operation.Add(lease.Key, 0, 0, 9));
        Assert.Equal(mismatch, _fixture.Step(Operation.CompareExchange(lease.Key, 0, 0, 9, 1, new RequestId(session, 1, 1))));

        LeaseKey stale = lease.Key;
        lease = _fixture.Step(Operation.OnLease(OperationKind.Transfer, lease.Key)).Lease;
        Assert.Equal(OperationStatus.Fenced, _fixture.Step(Operation.Add(stale, 0, 0, 1, new RequestId(session, 2, 1))).Status);
        Assert.Equal(10, _fixture.Step(Operation.Add(lease.Key, 0, 0, 1, new RequestId(session, 2, 1))).Value);
    }

    [Fact]
    public void What_was_answered_is_forgotten_and_its_repetition_indeterminate()
    {
        ulong session = Open();
        LeaseView lease = _fixture.Alloc(1);
        Add(session, 1, 1, lease);
        Add(session, 2, 2, lease);
        Assert.Equal(OperationStatus.Indeterminate, Add(session, 1, 1, lease).Status);
        Assert.Equal(15, Add(session, 3, 2, lease).Value);
    }

    [Fact]
    public void A_number_too_far_ahead_is_refused_and_all_below_it_are_kept()
    {
        ulong session = Open();
        LeaseView lease = _fixture.Alloc(1);
        for (ulong n = 1; n <= RequestId.WindowCount; n++) Assert.Equal((long)n * 5, Add(session, n, 1, lease).Value);
        Assert.Equal(OperationStatus.TooManyOutstanding, Add(session, RequestId.WindowCount + 1, 1, lease).Status);
        for (ulong n = 1; n <= RequestId.WindowCount; n++) Assert.Equal((long)n * 5, Add(session, n, 1, lease).Value);
        Assert.Equal((RequestId.WindowCount + 1) * 5, Add(session, RequestId.WindowCount + 1, 2, lease).Value);
    }

    [Fact]
    public void An_unknown_session_is_indeterminate_and_nothing_happens()
    {
        LeaseView lease = _fixture.Alloc(1);
        Assert.Equal(OperationStatus.Indeterminate, Add(999, 1, 1, lease).Status);
        Assert.Equal(0, _fixture.Step(Operation.Add(lease.Key, 0, 0, 0)).Value);
    }

    [Fact]
    public void The_session_that_was_idle_longest_makes_room_for_a_new_one()
    {
        LeaseView lease = _fixture.Alloc(1);
        ulong[] sessions = [.. Enumerable.Range(0, SessionTable.SessionCountMax).Select(_ =>
        {
            _fixture.Now += TimeSpan.FromMilliseconds(1);
            return Open();
        })];
        _fixture.Now += TimeSpan.FromMilliseconds(1);
        Add(sessions[0], 1, 1, lease);

        ulong extra = Open();

        Assert.Equal(OperationStatus.Indeterminate, Add(sessions[1], 1, 1, lease).Status);
        Assert.Equal(OperationStatus.Ok, Add(sessions[0], 2, 1, lease).Status);
        Assert.Equal(OperationStatus.Ok, Add(extra, 1, 1, lease).Status);
    }

    [Fact]
    public void A_session_that_nobody_uses_is_closed_by_an_operation()
    {
        LeaseView lease = _fixture.Alloc(1, TimeSpan.FromDays(1));
        ulong session = Open();
        _fixture.Now += SessionTable.IdleMax;
        ulong before = _fixture.Segment.LastSequence;
        _fixture.Step(Operation.Plain(OperationKind.Sweep));
        Assert.Equal(before + 1, _fixture.Segment.LastSequence);
        Assert.Equal(OperationStatus.Indeterminate, Add(session, 1, 1, lease).Status);
    }

    private ulong Open() => (ulong)_fixture.Step(Operation.Plain(OperationKind.OpenSession)).Value;

    private OperationResult Add(ulong session, ulong number, ulong lowest, in LeaseView lease) =>
        _fixture.Step(Operation.Add(lease.Key, lease.Key.Head, 0, 5, new RequestId(session, number, lowest)));
}
