using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>A segment that moves into other memory is the same segment, and nobody reads what is put into the old memory.</summary>
public sealed class SegmentMoveTests : IDisposable
{
    private const int BlockBytes = 4096;
    private const int BlockCount = 16;
    private static readonly SegmentGeometry Geometry = new(BlockBytes, BlockCount);

    private readonly SegmentFixture _fixture = new(BlockBytes, BlockCount);
    private readonly Arena _other = Arena.Map(new ArenaOptions { CapacityBytes = 16 << 20, PrefaultThreads = 1 });

    public void Dispose()
    {
        _fixture.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Contents_leases_sessions_and_the_log_move_along()
    {
        LeaseView kept = _fixture.Alloc(3);
        LeaseView freed = _fixture.Alloc(2);
        _fixture.Write(kept.Key, kept.Runs[0].First, 1, 2, 3);
        var session = (ulong)_fixture.Step(Operation.Plain(OperationKind.OpenSession)).Value;
        var request = new RequestId(session, 1, 1);
        OperationResult first = _fixture.Step(Operation.Add(kept.Key, kept.Runs[0].First + 1, 0, 5, request));
        Assert.Equal(OperationStatus.Ok, _fixture.OnLease(OperationKind.Free, freed.Key));

        Move();

        Assert.Equal(1, _fixture.Read(kept.Runs[0].First, kept.Key.Generation)![0]);
        Assert.Equal(first, _fixture.Step(Operation.Add(kept.Key, kept.Runs[0].First + 1, 0, 5, request)));
        Assert.Equal(6, _fixture.Step(Operation.Add(kept.Key, kept.Runs[0].First + 1, 0, 1)).Value);
        Assert.Equal(OperationStatus.Fenced, _fixture.OnLease(OperationKind.Renew, freed.Key));
        LeaseView next = _fixture.Alloc(BlockCount - 3);
        Assert.All(next.Runs, run => Assert.All(_fixture.Read(run.First, next.Key.Generation)!, value => Assert.Equal(0, value)));
        _fixture.Segment.CheckIntegrity();
        _fixture.Now += SegmentFixture.Duration;
        _fixture.Sweep();
        Assert.Equal(BlockCount, _fixture.Segment.FreeBlockCount);
    }

    [Fact]
    public void A_segment_whose_blocks_are_being_zeroed_stays_until_they_are()
    {
        _fixture.ZeroesAtOnce = false;
        LeaseView lease = _fixture.Alloc(2);
        _fixture.OnLease(OperationKind.Free, lease.Key);
        (ArenaSlice frames, ArenaSlice book) = Carve();

        Assert.False(_fixture.Segment.TryMove(frames, book));
        _fixture.Segment.Zero(_fixture.Retired[0]);
        Assert.True(_fixture.Segment.TryMove(frames, book));
    }

    [Fact]
    public void A_closed_segment_does_not_move()
    {
        Assert.Equal(OperationStatus.Ok, _fixture.Step(Operation.Plain(OperationKind.Close)).Status);
        (ArenaSlice frames, ArenaSlice book) = Carve();

        Assert.False(_fixture.Segment.TryMove(frames, book));
    }

    [Fact]
    public void A_copy_that_was_made_before_the_move_is_not_confirmed_after_it()
    {
        LeaseView lease = _fixture.Alloc(1);
        Assert.True(_fixture.Segment.Copy(lease.Key.Head, lease.Key.Generation, 0, new byte[8], out ReadTicket copied));
        Assert.True(_fixture.Segment.Peek(lease.Key.Head, lease.Key.Generation, out ReadTicket peeked));

        Move();

        Assert.False(_fixture.Segment.Confirm(copied, _fixture.Now));
        Assert.False(_fixture.Segment.Confirm(peeked, _fixture.Now));
    }

    [Fact]
    public async Task Readers_beside_moves_never_see_what_others_put_into_the_old_memory()
    {
        // Large blocks, so that a copy takes long enough for its memory to change hands in the middle.
        var large = new SegmentGeometry(1 << 20, 2);
        using var fixture = new SegmentFixture(large.BlockBytes, large.BlockCount);
        LeaseView lease = fixture.Alloc(1);
        int block = lease.Key.Head;
        bool done = false;
        long confirmed = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                byte[] bytes = new byte[large.BlockBytes];
                while (!Volatile.Read(ref done))
                {
                    if (!fixture.Segment.Copy(block, lease.Key.Generation, 0, bytes, out ReadTicket ticket)) continue;
                    if (!fixture.Segment.Confirm(ticket, fixture.Now)) continue;
                    Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(bytes[0]));
                    Assert.NotEqual(0xEE, bytes[0]);
                    Interlocked.Increment(ref confirmed);
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];

        byte[] written = new byte[large.BlockBytes];
        for (int i = 0; i < 300; i++)
        {
            Array.Fill(written, (byte)(i % 100));
            Assert.Equal(OperationStatus.Ok, fixture.Step(Operation.Write(lease.Key, block, 0, written)).Status);
            ArenaSlice frames = fixture.Segment.Frames;
            ArenaSlice book = fixture.Segment.Book;
            Move(fixture.Segment);

            // The next owner of the old memory writes at once, rows included.
            frames.GetSpan(0, (int)frames.Bytes).Fill(0xEE);
            if (frames.Arena == _other)
            {
                _other.GiveBack(frames);
                _other.GiveBack(book);
            }
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(readers);
        Assert.True(confirmed > 0, "some reads succeeded beside the moves");
        fixture.Segment.CheckIntegrity();
    }

    private void Move(Segment? segment = null)
    {
        segment ??= _fixture.Segment;
        (ArenaSlice frames, ArenaSlice book) = Carve(segment.Geometry);
        Assert.True(segment.TryMove(frames, book));
    }

    private (ArenaSlice Frames, ArenaSlice Book) Carve(SegmentGeometry? geometry = null)
    {
        geometry ??= Geometry;
        Assert.True(_other.TryCarve(geometry.FrameBytes, "frames", out ArenaSlice? frames));
        Assert.True(_other.TryCarve(geometry.BookBytes, "book", out ArenaSlice? book));
        return (frames, book);
    }
}
