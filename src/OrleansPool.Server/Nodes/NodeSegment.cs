using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Core;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Counting;
using OrleansPool.Core.Execution;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Telemetry;

namespace OrleansPool.Server.Nodes;

/// <summary>A segment of this node, with its executor and its memory. Thread-safe.</summary>
internal sealed class NodeSegment : ILocalSegment, ISegmentHost, IDisposable
{
    /// <summary>How long an operation waits for room in the segment's inbox.</summary>
    public static readonly TimeSpan RoomWaitMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RoomPollInterval = TimeSpan.FromMilliseconds(1);
    private const int RoomYieldCount = 8;

    private readonly HostClock _clock;
    private readonly StripedCounter? _reads;
    private readonly StripedCounter? _writes;
    private readonly ITimer _sweepTimer;
    private readonly Action<EndedLease> _ended;
    private readonly Action<NodeSegment, SegmentFaultException> _faulted;

    /// <summary>Makes a segment of memory that was carved for it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="geometry">Its sizes.</param>
    /// <param name="frames">Memory of its blocks.</param>
    /// <param name="book">Memory of its metadata and log.</param>
    /// <param name="secret">128 random bits.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="counters">Count what is read and written here; null for none.</param>
    /// <param name="ended">Hears of every lease that ended. Must be short, and must not call the segment.</param>
    /// <param name="faulted">Hears that the segment stopped serving.</param>
    public NodeSegment(
        SegmentId id, string pool, SegmentGeometry geometry, ArenaSlice frames, ArenaSlice book, UInt128 secret, HostClock clock,
        LocalCounters? counters, Action<EndedLease> ended, Action<NodeSegment, SegmentFaultException> faulted)
    {
        _clock = clock;
        _reads = counters?.Reads;
        _writes = counters?.Writes;
        _ended = ended;
        _faulted = faulted;
        Pool = pool;
        Segment = new Segment(id, geometry, frames, book, secret, clock.Now);
        Executor = new SegmentExecutor(Segment, this);
        _sweepTimer = clock.Time.CreateTimer(
            static state => ((SegmentExecutor)state!).Sweep(), Executor, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Pool { get; }

    public Segment Segment { get; }

    public SegmentExecutor Executor { get; }

    Tick ISegmentHost.Now => _clock.Now;

    public bool TryRead(int block, ulong generation, int offset, Span<byte> destination)
    {
        if (_reads is { } reads && reads.Count(destination.Length)) return TryReadTimed(block, generation, offset, destination);
        if (!Segment.Copy(block, generation, offset, destination, out ReadTicket ticket)) return NotRead(destination);
        return Segment.Confirm(ticket, _clock.Now) || NotRead(destination);
    }

    ValueTask<BlockWriteReply> ILocalSegment.WriteAsync(in BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        if (_writes is not { } writes || !writes.Count(write.Count)) return WriteAsync(write, bytes);
        return WriteTimedAsync(write, bytes);
    }

    public ValueTask<BlockWriteReply> WriteAsync(in BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        Operation operation = write.Kind switch
        {
            BlockWriteKind.Write => Operation.Write(write.Key, write.Block, write.Offset, bytes, write.Request),
            BlockWriteKind.CompareExchange => Operation.CompareExchange(
                write.Key, write.Block, write.Offset, write.Expected, write.Operand, write.Request),
            BlockWriteKind.Add => Operation.Add(write.Key, write.Block, write.Offset, write.Operand, write.Request),
            _ => default,
        };
        if (operation.Kind == OperationKind.None) return new ValueTask<BlockWriteReply>(new BlockWriteReply(OperationStatus.OutOfBounds, 0, 0));
        if (write.Fence != 0) operation = operation with { Fence = write.Fence };
        ValueTask<OperationResult> execution = ExecuteAsync(operation);
        return execution.IsCompletedSuccessfully ? new ValueTask<BlockWriteReply>(Reply(execution.Result)) : AwaitAsync(execution);

        static async ValueTask<BlockWriteReply> AwaitAsync(ValueTask<OperationResult> execution) => Reply(await execution);

        static BlockWriteReply Reply(in OperationResult result) => new(result.Status, result.Sequence, result.Value);
    }

    /// <summary>Carries an operation out: at once if the segment is idle, else when its owner comes to it.</summary>
    /// <returns>The result; Busy if the segment had no room for the operation for <see cref="RoomWaitMax"/>.</returns>
    public ValueTask<OperationResult> ExecuteAsync(in Operation operation)
    {
        if (operation.Kind == OperationKind.None) throw new ArgumentException("There is nothing to carry out.", nameof(operation));
        return TryExecute(operation, out ValueTask<OperationResult> task) ? task : ExecuteOnceRoomyAsync(operation);
    }

    void ISegmentHost.OnEnded(in EndedLease ended) => _ended(ended);

    public void Dispose() => _sweepTimer.Dispose();

    void ISegmentHost.ReportFault(SegmentExecutor executor, SegmentFaultException fault) => _faulted(this, fault);

    void ISegmentHost.ScheduleDrain(SegmentExecutor executor) =>
        ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.Drain(), executor, preferLocal: false);

    void ISegmentHost.ScheduleSweep(SegmentExecutor executor, Tick at) =>
        _sweepTimer.Change(
            at == Tick.Never ? Timeout.InfiniteTimeSpan : Later(at - _clock.Now), Timeout.InfiniteTimeSpan);

    private bool TryReadTimed(int block, ulong generation, int offset, Span<byte> destination)
    {
        long started = _clock.Time.GetTimestamp();
        bool isRead = (Segment.Copy(block, generation, offset, destination, out ReadTicket ticket) && Segment.Confirm(ticket, _clock.Now))
            || NotRead(destination);
        if (isRead) PoolTelemetry.RecordDuration(PoolOperation.Read, PoolPath.Local, _clock.Time.GetElapsedTime(started));
        return isRead;
    }

    private bool NotRead(Span<byte> destination)
    {
        _reads?.Undo(destination.Length);
        destination.Clear();
        return false;
    }

    private async ValueTask<BlockWriteReply> WriteTimedAsync(BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        long started = _clock.Time.GetTimestamp();
        BlockWriteReply reply = await WriteAsync(write, bytes);
        PoolTelemetry.RecordDuration(PoolOperation.Write, PoolPath.Local, _clock.Time.GetElapsedTime(started));
        return reply;
    }

    /// <returns>False when the inbox is full.</returns>
    private bool TryExecute(in Operation operation, out ValueTask<OperationResult> task)
    {
        OperationCompletion completion = OperationCompletion.Rent();
        task = completion.Task;
        switch (Executor.Execute(operation with { Completion = completion }, out OperationResult result))
        {
            case ExecutionOutcome.Completed:
                completion.Return();
                task = new ValueTask<OperationResult>(result);
                return true;
            case ExecutionOutcome.Queued:
                return true;
            default:
                completion.Return();
                return false;
        }
    }

    /// <summary>
    /// Waits for room. The inbox is full for long only while its owner's thread is off the processor, so the wait is short, and
    /// callers who wait hold their inputs back: this is where a segment pushes back.
    /// </summary>
    private async ValueTask<OperationResult> ExecuteOnceRoomyAsync(Operation operation)
    {
        long started = _clock.Time.GetTimestamp();
        for (int tries = 0; _clock.Time.GetElapsedTime(started) < RoomWaitMax; tries++)
        {
            if (tries < RoomYieldCount) await Task.Yield();
            else await Task.Delay(RoomPollInterval, _clock.Time);
            if (TryExecute(operation, out ValueTask<OperationResult> task)) return await task;
        }

        return new OperationResult(OperationStatus.Busy);
    }

    /// <summary>A little after the moment, so that the sweep finds the lease run out, and not too often.</summary>
    private static TimeSpan Later(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds) + 1));
}
