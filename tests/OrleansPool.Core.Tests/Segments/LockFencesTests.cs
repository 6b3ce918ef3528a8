using CsCheck;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>FENCE: which writes the memory's owner lets through once locks are granted on its bytes.</summary>
public sealed class LockFencesTests : IDisposable
{
    private readonly SegmentFixture _fixture = new();
    private readonly LeaseView _lease;

    public LockFencesTests() => _lease = _fixture.Alloc(4);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_former_holder_changes_nothing_any_more_and_the_new_one_and_those_without_a_fence_do()
    {
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 256, 5));
        Assert.Equal(OperationStatus.Ok, Write(0, 0, 16, 5));
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 256, 6));
        byte[] before = _fixture.Read(0, _lease.Key.Generation)!;
        ulong sequence = _fixture.Segment.LastSequence;

        Assert.Equal(OperationStatus.LockFenced, Write(0, 0, 16, 5));
        Assert.Equal(OperationStatus.LockFenced, _fixture.Step(Operation.Add(_lease.Key, 0, 0, 1) with { Fence = 5 }).Status);
        Assert.Equal(
            OperationStatus.LockFenced,
            _fixture.Step(Operation.CompareExchange(_lease.Key, 0, 0, BitConverter.ToInt64(before), 1) with { Fence = 5 }).Status);
        Assert.Equal(before, _fixture.Read(0, _lease.Key.Generation));
        Assert.Equal(sequence, _fixture.Segment.LastSequence);
        Assert.Equal(3, _fixture.Segment.Counters.Fences);

        Assert.Equal(OperationStatus.Ok, Write(1, 0, 128, 6));
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Add(_lease.Key, 0, 0, 1) with { Fence = 6 }).Status);
        Assert.Equal(OperationStatus.Ok, Write(0, 0, 16, 0));
    }

    [Fact]
    public void Locks_on_two_halves_of_a_block_do_not_fence_each_other()
    {
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 64, 1));
        Assert.Equal(OperationStatus.Ok, Fence(0, 64, 64, 2));
        Assert.Equal(OperationStatus.Ok, Write(0, 0, 64, 1));
        Assert.Equal(OperationStatus.Ok, Write(0, 64, 64, 2));
        Assert.Equal(OperationStatus.LockFenced, Write(0, 63, 2, 1));
        Assert.Equal(OperationStatus.LockFenced, Write(0, 63, 2, 2));
        Assert.Equal(OperationStatus.Ok, Fence(0, 32, 8, 3));
        Assert.Equal(OperationStatus.Ok, Write(0, 0, 32, 1));
        Assert.Equal(OperationStatus.LockFenced, Write(0, 0, 33, 1));
        Assert.Equal(OperationStatus.Ok, Write(0, 40, 24, 1));
    }

    [Fact]
    public void A_fence_is_worth_nothing_where_it_was_never_set()
    {
        Assert.Equal(OperationStatus.LockFenced, Write(0, 0, 8, 1));
        Fence(1, 0, 128, 7);
        Assert.Equal(OperationStatus.LockFenced, Write(2, 0, 8, 7));
        Assert.Equal(OperationStatus.LockFenced, Write(1, 0, 8, 8));
    }

    [Fact]
    public void Those_who_share_go_on_and_one_whose_slot_went_to_another_does_not()
    {
        Fence(0, 0, 128, 1);
        Fence(0, 0, 128, 2, 1);
        Fence(0, 0, 128, 3, 1, 2);
        foreach (ulong fence in new ulong[] { 1, 2, 3 }) Assert.Equal(OperationStatus.Ok, Write(0, 0, 8, fence));

        Fence(0, 0, 128, 4, 1, 3);

        Assert.Equal(OperationStatus.LockFenced, Write(0, 0, 8, 2));
        foreach (ulong fence in new ulong[] { 1, 3, 4 }) Assert.Equal(OperationStatus.Ok, Write(0, 0, 8, fence));
    }

    [Fact]
    public void A_fence_that_arrives_late_or_twice_undoes_nothing()
    {
        Fence(0, 0, 128, 5);
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 128, 5));
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 128, 9, 5));
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 128, 5));
        Assert.Equal(OperationStatus.Ok, Write(0, 0, 8, 9));
        OperationResult late = _fixture.Step(Operation.SetFence(_lease.Key, 0, 0, 256, 8, []));
        Assert.Equal((OperationStatus.LockFenced, 9), (late.Status, late.Value));
        Assert.Equal(OperationStatus.LockFenced, Write(1, 0, 8, 8));
    }

    [Fact]
    public void Fences_outlive_a_transfer_and_end_with_their_lease()
    {
        Fence(0, 0, 128, 5);
        LeaseView moved = _fixture.Step(Operation.OnLease(OperationKind.Transfer, _lease.Key)).Lease;
        Assert.Equal(OperationStatus.LockFenced, _fixture.Step(Operation.Write(moved.Key, 0, 0, new byte[1]) with { Fence = 4 }).Status);
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Write(moved.Key, 0, 0, new byte[1]) with { Fence = 5 }).Status);
        Assert.Equal(OperationStatus.Fenced, _fixture.Step(Operation.SetFence(_lease.Key, 0, 0, 1, 6, [])).Status);
        _fixture.OnLease(OperationKind.Free, moved.Key);
        LeaseView next = _fixture.Alloc(64);
        Assert.Equal(OperationStatus.LockFenced, _fixture.Step(Operation.Write(next.Key, 0, 0, new byte[1]) with { Fence = 5 }).Status);
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.SetFence(next.Key, 0, 0, 128, 1, [])).Status);
        _fixture.Segment.CheckIntegrity();
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(0, -1, 1, 1)]
    [InlineData(0, 128, 1, 1)]
    [InlineData(0, 0, -1, 1)]
    [InlineData(0, 0, 513, 1)]
    [InlineData(3, 127, 2, 1)]
    [InlineData(4, 0, 1, 1)]
    [InlineData(int.MaxValue, 0, int.MaxValue, 1)]
    [InlineData(0, 0, 1, 0)]
    public void A_fence_outside_its_lease_or_without_a_number_is_out_of_bounds(int block, int offset, int count, ulong fence) =>
        Assert.Equal(OperationStatus.OutOfBounds, Fence(block, offset, count, fence));

    [Fact]
    public void The_right_is_checked_and_too_many_sharers_are_out_of_bounds()
    {
        Assert.Equal(OperationStatus.Denied, _fixture.Step(Operation.SetFence(SegmentFixture.ReadOnly(_lease), 0, 0, 1, 1, [])).Status);
        Assert.Equal(OperationStatus.Forged, _fixture.Step(Operation.SetFence(default, 0, 0, 1, 1, [])).Status);
        Assert.Equal(OperationStatus.Ok, Fence(0, 0, 1, 1, [.. Enumerable.Range(2, LockFences.EarlierCountMax).Select(i => (ulong)i)]));
        Assert.Equal(OperationStatus.OutOfBounds, Fence(0, 0, 1, 1, [.. Enumerable.Range(2, LockFences.EarlierCountMax + 1).Select(i => (ulong)i)]));
    }

    [Fact]
    public void Parts_are_bounded_and_those_of_ended_locks_make_room()
    {
        using var large = new SegmentFixture(4096, 16);
        LeaseView lease = large.Alloc(16);
        OperationStatus Set(int part, ulong fence) =>
            large.Step(Operation.SetFence(lease.Key, part * 8 / 4096, part * 8 % 4096, 4, fence, [])).Status;
        for (int i = 0; i < LockFences.IntervalCountMax; i++) Assert.Equal(OperationStatus.Ok, Set(i, (ulong)i + 1));
        Assert.Equal(OperationStatus.TooManyFences, Set(LockFences.IntervalCountMax, 5000));
        large.Segment.CheckIntegrity();

        // All have ended but 1 and 100; whoever asks knows of no lock above 4000.
        Assert.Equal(OperationStatus.Ok, large.Step(Operation.SetFence(lease.Key, 0, 0, 0, 4000, [1, 100])).Status);

        Assert.Equal(OperationStatus.Ok, Set(LockFences.IntervalCountMax, 5000));
        OperationStatus Write(int part, ulong fence) =>
            large.Step(Operation.Write(lease.Key, part * 8 / 4096, part * 8 % 4096, new byte[4]) with { Fence = fence }).Status;
        foreach (int part in new[] { 0, 99, 4000, 4095 }) Assert.Equal(OperationStatus.Ok, Write(part, (ulong)part + 1));
        foreach (int part in new[] { 1, 98, 3999 }) Assert.Equal(OperationStatus.LockFenced, Write(part, (ulong)part + 1));
        large.Segment.CheckIntegrity();
    }

    [Fact]
    public void Every_byte_lets_through_what_a_model_of_single_bytes_does() =>
        Gen.Select(Gen.Int[0, 63], Gen.Int[1, 64], Gen.Int[1, 12], Gen.Int[0, 7]).Array[1, 40].Sample(
            acts =>
            {
                var fences = new LockFences();
                var model = new (ulong Newest, ulong[] Earlier)[128];
                foreach ((int start, int count, int number, int sharing) in acts)
                {
                    var fence = (ulong)number;
                    ulong[] earlier = [.. Enumerable.Range(1, 3).Where(bit => (sharing & (1 << (bit - 1))) != 0 && bit < number).Select(bit => (ulong)bit)];
                    bool isOld = Enumerable.Range(start, count).Any(i => model[i].Newest >= fence && !Lets(model[i], fence));
                    OperationStatus status = fences.Check(start, start + count, fence, earlier, out _);
                    Assert.Equal(isOld ? OperationStatus.LockFenced : OperationStatus.Ok, status);
                    if (!isOld)
                    {
                        fences.Set(start, start + count, fence, earlier);
                        for (int i = start; i < start + count; i++) model[i] = Lets(model[i], fence) ? model[i] : (fence, earlier);
                    }

                    fences.CheckIntegrity();
                    for (int i = 0; i < model.Length; i++)
                    {
                        for (ulong f = 1; f <= 12; f++) Assert.Equal(Lets(model[i], f), fences.Permit(i, 1, f));
                    }

                    Assert.Equal(Enumerable.Range(start, count).All(i => Lets(model[i], fence)), fences.Permit(start, count, fence));
                }
            },
            iter: 2_000, threads: 1);

    private static bool Lets((ulong Newest, ulong[] Earlier) of, ulong fence) => of.Newest == fence || of.Earlier?.Contains(fence) == true;

    private OperationStatus Fence(int block, int offset, int count, ulong fence, params ulong[] earlier) =>
        _fixture.Step(Operation.SetFence(_lease.Key, block, offset, count, fence, earlier)).Status;

    private OperationStatus Write(int block, int offset, int count, ulong fence) =>
        _fixture.Step(Operation.Write(_lease.Key, block, offset, Enumerable.Repeat((byte)fence, count).ToArray()) with { Fence = fence }).Status;
}
