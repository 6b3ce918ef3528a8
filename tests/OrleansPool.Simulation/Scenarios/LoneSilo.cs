using OrleansPool.Core;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Execution;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>
/// A silo that has a segment to itself: one copy, of which no pool map knows. Its callers hand their operations to the segment's executor. All
/// is one thread here: what other threads would do while one of them owns the segment happens when the owner reads the clock.
/// </summary>
internal sealed class LoneSilo : ISegmentHost, IDisposable
{
    private const long ArenaBytes = 32 << 20;

    private static readonly TimeSpan Soon = TimeSpan.FromMicroseconds(1);

    private readonly Arena _arena;
    private readonly List<ArenaSlice> _slices = [];
    private readonly Queue<Action> _meanwhile = new();
    private long _sweep;

    public LoneSilo(int blockBytes = 64, int blockCount = 12, bool hasCanaries = false, ulong seed = 1)
    {
        var geometry = new SegmentGeometry(blockBytes, blockCount);
        Random = new SeededRandom(seed);
        Queue = new EventQueue(Random.Fork());
        _arena = Arena.Map(new ArenaOptions { CapacityBytes = ArenaBytes, Diagnostic = hasCanaries, PrefaultThreads = 1 });
        ArenaSlice frames = Carve(BlockFrames.BytesFor(blockBytes, blockCount, hasCanaries));
        Segment = new Segment(new SegmentId(7), geometry, frames, Carve(geometry.BookBytes), new UInt128(Random.Next(), Random.Next()), Now);
        Executor = new SegmentExecutor(Segment, this);
    }

    public SeededRandom Random { get; }

    public EventQueue Queue { get; }

    public Segment Segment { get; }

    public SegmentExecutor Executor { get; }

    public Tick Now => new(Queue.Now + TimeSpan.TicksPerDay);

    /// <summary>The faults that its host was told of.</summary>
    public List<SegmentFaultException> Faults { get; } = [];

    /// <summary>The leases of whose end its host was told.</summary>
    public List<EndedLease> Ended { get; } = [];

    /// <summary>How often the executor left work to the host's threads.</summary>
    public int DrainCount { get; private set; }

    Tick ISegmentHost.Now
    {
        get
        {
            while (_meanwhile.TryDequeue(out Action? act)) act();
            return Now;
        }
    }

    /// <summary>Another thread does something while the next owner has the segment.</summary>
    public void Meanwhile(Action act) => _meanwhile.Enqueue(act);

    /// <summary>A caller hands an operation over.</summary>
    public LoneAnswer Ask(in Operation operation)
    {
        var answer = new LoneAnswer();
        answer.Outcome = Executor.Execute(operation with { Completion = answer }, out OperationResult result);
        if (answer.Outcome == ExecutionOutcome.Completed) answer.Complete(result);
        return answer;
    }

    /// <summary>Has an operation carried out, which must end as expected.</summary>
    public OperationResult Do(in Operation operation, OperationStatus expected = OperationStatus.Ok)
    {
        OperationResult result = Ask(operation).Result;
        if (result.Status != expected) throw new StoryException($"{operation.Kind} was answered {result.Status} instead of {expected}");
        return result;
    }

    /// <summary>Takes a lease.</summary>
    public LeaseView Lease(int blocks = 1, TimeSpan? duration = null, string owner = "lone") =>
        Do(Operation.Alloc(blocks, duration ?? TimeSpan.FromHours(1), owner)).Lease;

    public void Write(in LeaseView lease, int block, long value) => Do(Operation.Write(lease.Key, block, 0, BitConverter.GetBytes(value)));

    /// <summary>Reads a word of a block; null if that is refused.</summary>
    public long? Read(in LeaseView lease, int block)
    {
        byte[] bytes = new byte[sizeof(long)];
        bool isRead = Segment.Copy(block, lease.Key.Generation, 0, bytes, out ReadTicket ticket) && Segment.Confirm(ticket, Now);
        return isRead ? BitConverter.ToInt64(bytes) : null;
    }

    /// <summary>Lets time pass, and whatever is due in it happen.</summary>
    public void Pass(TimeSpan time)
    {
        long end = Queue.Now + time.Ticks;
        while (Queue.Step(end))
        {
        }
    }

    /// <summary>Moves the segment into other memory of the silo.</summary>
    public bool MoveHome()
    {
        ArenaSlice frames = Segment.Frames;
        ArenaSlice book = Segment.Book;
        ArenaSlice newFrames = Carve(frames.Bytes);
        ArenaSlice newBook = Carve(book.Bytes);
        bool isMoved = Executor.TryMove(newFrames, newBook);
        GiveBack(isMoved ? frames : newFrames);
        GiveBack(isMoved ? book : newBook);
        return isMoved;
    }

    /// <summary>Something overwrites what the segment knows of a block, so that its generation cannot rise any more.</summary>
    public void BreakGeneration(int block) => Segment.Book.GetSpan((block * BlockRow.ByteCount) + sizeof(ulong), sizeof(ulong)).Fill(0xFF);

    /// <summary>Something writes past the end of a block, where a canary stands.</summary>
    public void BreakCanary(int block)
    {
        int stride = Segment.Geometry.BlockBytes + FramePoison.CanaryBytes;
        Segment.Frames.GetSpan(((block + 1) * stride) + 1, 1).Fill(0xFF);
    }

    public void ReportFault(SegmentExecutor executor, SegmentFaultException fault) => Faults.Add(fault);

    public void ScheduleDrain(SegmentExecutor executor)
    {
        DrainCount++;
        Queue.Plan(Soon, executor.Drain);
    }

    public void ScheduleSweep(SegmentExecutor executor, Tick at)
    {
        long sweep = ++_sweep;
        if (at == Tick.Never) return;
        Queue.Plan(at - Now + Soon, () =>
        {
            if (sweep == _sweep) executor.Sweep();
        });
    }

    public void OnEnded(in EndedLease ended) => Ended.Add(ended);

    public void Dispose()
    {
        foreach (ArenaSlice slice in _slices) _arena.GiveBack(slice);
        _arena.Dispose();
    }

    private ArenaSlice Carve(long bytes)
    {
        if (!_arena.TryCarve(bytes, "lone silo", out ArenaSlice? slice)) throw new StoryException("the arena is full");
        _slices.Add(slice);
        return slice;
    }

    private void GiveBack(ArenaSlice slice)
    {
        _slices.Remove(slice);
        _arena.GiveBack(slice);
    }
}
