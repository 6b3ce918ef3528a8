using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Core.Tests.Segments;

/// <summary>One segment in an arena of its own, with a clock that the test turns.</summary>
internal sealed class SegmentFixture : IDisposable
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    private readonly Arena _arena;
    private readonly ArenaSlice _book;
    private readonly Outbox _outbox = new();

    public SegmentFixture(int blockBytes = 128, int blockCount = 64)
    {
        var geometry = new SegmentGeometry(blockBytes, blockCount);
        long bytes = InPages(geometry.FrameBytes) + InPages(geometry.BookBytes);
        _arena = Arena.Map(new ArenaOptions { CapacityBytes = bytes, PrefaultThreads = 1 });
        Assert.True(_arena.TryCarve(geometry.FrameBytes, "frames", out ArenaSlice? frames));
        Assert.True(_arena.TryCarve(geometry.BookBytes, "book", out ArenaSlice? book));
        _book = book;
        Segment = new Segment(new SegmentId(7), geometry, frames, book, new UInt128(1, 2), Now);
    }

    public Segment Segment { get; }

    public Tick Now { get; set; } = new(1_000_000);

    /// <summary>Whether retired blocks are zeroed at once, as the executor does.</summary>
    public bool ZeroesAtOnce { get; set; } = true;

    public List<int> Retired { get; } = [];

    /// <summary>Writes where nobody may: the generation of a block becomes one that cannot rise.</summary>
    public void BreakGeneration(int block) => _book.GetSpan((block * BlockRow.ByteCount) + 8, sizeof(ulong)).Fill(0xFF);

    public OperationResult Step(in Operation operation)
    {
        Segment.Step(operation, Now, _outbox);
        OperationResult result = _outbox.Result;
        foreach (int head in _outbox.Retired)
        {
            Retired.Add(head);
            if (ZeroesAtOnce) Segment.Zero(head);
        }

        _outbox.Clear();
        return result;
    }

    public LeaseView Alloc(int blocks, TimeSpan? duration = null)
    {
        OperationResult result = Step(Operation.Alloc(blocks, duration ?? Duration, "test"));
        Assert.Equal(OperationStatus.Ok, result.Status);
        return result.Lease;
    }

    public OperationStatus OnLease(OperationKind kind, LeaseKey key) => Step(Operation.OnLease(kind, key)).Status;

    public OperationStatus Write(LeaseKey key, int block, params byte[] bytes) => Step(Operation.Write(key, block, 0, bytes)).Status;

    public void Sweep()
    {
        do
        {
            Step(Operation.Plain(OperationKind.Sweep));
        }
        while (Segment.WakeAt <= Now);
    }

    public byte[]? Read(int block, ulong generation)
    {
        byte[] bytes = new byte[Segment.Geometry.BlockBytes];
        Array.Fill(bytes, (byte)0xEE);
        if (Segment.Copy(block, generation, 0, bytes, out ReadTicket ticket) && Segment.Confirm(ticket, Now)) return bytes;
        Assert.All(bytes, value => Assert.Equal(0, value));
        return null;
    }

    public static LeaseKey ReadOnly(in LeaseView lease) => lease.Key with { Id = lease.ReadOnlyId, Rights = LeaseRights.Read };

    public void Dispose() => _arena.Dispose();

    private static long InPages(long bytes) =>
        (bytes + Arena.HugePageBytes - 1) / Arena.HugePageBytes * Arena.HugePageBytes;
}
