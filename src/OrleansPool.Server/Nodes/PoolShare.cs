using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>One node's share of one pool: its limits, who holds what, who waits, and its segments in memory and in the spill file.</summary>
/// <remarks>
/// <para>Thread-safe. A request is served at once if nobody waits and there is memory; else it waits or is refused. While somebody
/// waits, nobody passes: memory that comes back goes to the head of the queue, by one server at a time, and a request that would
/// not wait is refused even where a smaller one would fit.</para>
/// <para>No wake-up is lost: a waiter enters the queue first and then asks for a round; memory becomes free first and then asks for a
/// round if anybody is in the queue. One of the two sees the other.</para>
/// </remarks>
internal sealed class PoolShare : IDisposable
{
    /// <summary>Longest time that one call waits, well below Orleans' timeout of a response; longer waits are several calls.</summary>
    public static readonly TimeSpan CallWaitMax = TimeSpan.FromSeconds(10);

    private readonly SegmentFactory _factory;
    private readonly HostClock _clock;
    private readonly Func<PoolShare, ValueTask<bool>> _makeRoom;
    private readonly Action _freed;
    private readonly PoolMemory _memory;
    private readonly PoolMemory? _spill;
    private readonly WaitQueue _queue;
    private readonly Rounds _rounds;
    private volatile PoolLimits _limits;
    private long _exhaustions;

    /// <summary>Makes the share.</summary>
    /// <param name="name">Name of the pool.</param>
    /// <param name="blockBytes">Size of its blocks.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="factory">Makes segments.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="makeRoom">Asks the node's other pools for their empty segments; tells whether any gave one.</param>
    /// <param name="freed">Told that memory of the node may be free now. Must be short.</param>
    public PoolShare(
        string name, int blockBytes, PoolLimits limits, SegmentFactory factory, HostClock clock, Func<PoolShare, ValueTask<bool>> makeRoom, Action freed)
    {
        Name = name;
        BlockBytes = blockBytes;
        _limits = limits;
        _factory = factory;
        _clock = clock;
        _makeRoom = makeRoom;
        _freed = freed;
        _memory = new PoolMemory(this, factory, isSpill: false);
        _spill = factory.SpillBytes > 0 ? new PoolMemory(this, factory, isSpill: true) : null;
        _rounds = new Rounds(ServeAsync);
        _queue = new WaitQueue(clock, Ledger, Signal);
    }

    public string Name { get; }

    public int BlockBytes { get; }

    public PoolLedger Ledger { get; } = new();

    /// <summary>The limits in force; what is held already may exceed them.</summary>
    public PoolLimits Limits
    {
        get => _limits;
        set
        {
            _limits = value;
            Signal();
        }
    }

    public int WaiterCount => _queue.Count;

    public bool IsSpilled => _spill is { Segments.Count: > 0 };

    /// <summary>Blocks in memory and in the spill file.</summary>
    public long BlockCount => _memory.BlockCount + (_spill?.BlockCount ?? 0);

    /// <summary>Free blocks of the segments in memory, in bytes.</summary>
    public long SegmentBytesFree => _memory.FreeBlockCount * BlockBytes;

    /// <summary>What could be leased now: free blocks, and those that the node's unassigned memory would make, within the quota.</summary>
    public long BytesFree
    {
        get
        {
            long growth = Math.Min(_limits.BlockCountMax - BlockCount, _factory.BlocksThatFit(BlockBytes));
            long free = (_memory.FreeBlockCount + Math.Max(0, growth)) * BlockBytes;
            return Math.Max(0, Math.Min(free, _limits.QuotaBytes - Ledger.Bytes));
        }
    }

    /// <summary>What the pool may have on this node.</summary>
    public long BytesMax => Math.Min(Math.Min(_limits.BlockCountMax, _factory.BlocksOfNode(BlockBytes)) * BlockBytes, _limits.QuotaBytes);

    /// <summary>How many blocks hold some bytes.</summary>
    public long BlocksFor(long bytes) => ((bytes - 1) / BlockBytes) + 1;

    /// <summary>Takes memory, now or by the request's deadline.</summary>
    public async ValueTask<LeaseOutcome> LeaseAsync(LeaseRequest request)
    {
        if (Refuse(request) is { } refusal)
        {
            // What other pools can spare is told as free: the caller may take it in parts, from several nodes.
            if (refusal.Hit.Limit == PoolLimit.Capacity) await _makeRoom(this);
            return refusal;
        }

        if (_queue.TryReturn(request.Ticket) is { } waiting)
        {
            Signal();
            return await AttendAsync(waiting);
        }

        int ahead = _queue.Count;
        LeaseOutcome now = ahead == 0 ? await TakeAsync(request) : new LeaseOutcome(OperationStatus.Exhausted, default, ahead);
        if (now.Status == OperationStatus.Exhausted && request.Spill != LeaseSpill.Never && _spill is not null)
        {
            now = await _spill.TakeAsync(request) with { WaitersAhead = ahead };
        }

        if (now.Status == OperationStatus.Exhausted && request.WaitUpTo > TimeSpan.Zero) now = await WaitAsync(request);
        if (now.Status == OperationStatus.Exhausted) Interlocked.Increment(ref _exhaustions);
        return now;
    }

    /// <summary>Gives places in the queue up.</summary>
    public void Leave(IEnumerable<Guid> tickets)
    {
        foreach (Guid ticket in tickets) _queue.Leave(ticket);
    }

    /// <summary>Memory may be free: serves those who wait, on another thread.</summary>
    public void Signal()
    {
        if (_queue.Count > 0) _rounds.Ask();
    }

    /// <summary>A lease ended: its charge goes back, and its memory to whoever waits.</summary>
    public void OnEnded(EndedLease ended)
    {
        Ledger.Discharge(ended.Owner, (long)ended.BlockCount * BlockBytes, 1);
        _freed();
    }

    /// <summary>Leases no more from a segment that stopped serving. Its memory is not given back: nobody knows who still uses it.</summary>
    public void Abandon(NodeSegment segment)
    {
        _memory.Abandon(segment);
        _spill?.Abandon(segment);
    }

    public void GrowAheadIfLow() => _memory.GrowAheadIfLow();

    /// <summary>Gives empty segments back to the node; those of the spill file all.</summary>
    /// <returns>Whether memory of the node was given back.</returns>
    public async ValueTask<bool> ReturnEmptyAsync(bool keepOne)
    {
        if (_spill is not null) await _spill.ReturnEmptyAsync(keepOne: false);
        return await _memory.ReturnEmptyAsync(keepOne);
    }

    /// <summary>Moves what is in the spill file into memory, as far as there is room.</summary>
    public void MoveToMemory() => _spill?.MoveTo(_memory);

    public PoolReport Describe() => PoolReports.Of(this, _memory, _spill, Interlocked.Read(ref _exhaustions));

    public void Dispose() => _queue.Dispose();

    private LeaseOutcome? Refuse(LeaseRequest request)
    {
        PoolLimits limits = _limits;
        if (!request.IsForRegion && request.Duration < limits.DurationMin)
        {
            return new LeaseOutcome(OperationStatus.OutOfBounds, new LimitHit(PoolLimit.DurationMin, request.Duration.Ticks, limits.DurationMin.Ticks));
        }

        if (!request.IsForRegion && request.Duration > limits.DurationMax)
        {
            return new LeaseOutcome(OperationStatus.OutOfBounds, new LimitHit(PoolLimit.DurationMax, request.Duration.Ticks, limits.DurationMax.Ticks));
        }

        return request.Bytes > BytesMax
            ? new LeaseOutcome(OperationStatus.QuotaExceeded, new LimitHit(PoolLimit.Capacity, Ledger.Bytes, BytesMax))
            : null;
    }

    private async ValueTask<LeaseOutcome> TakeAsync(LeaseRequest request)
    {
        LeaseOutcome outcome = await _memory.TakeAsync(request);
        return outcome.Status == OperationStatus.Exhausted && await _makeRoom(this) ? await _memory.TakeAsync(request) : outcome;
    }

    private ValueTask<LeaseOutcome> WaitAsync(LeaseRequest request)
    {
        var waiter = new Waiter(request, _clock.Now + request.WaitUpTo);
        if (!_queue.TryEnter(waiter))
        {
            return new ValueTask<LeaseOutcome>(
                new LeaseOutcome(OperationStatus.Exhausted, new LimitHit(PoolLimit.Waiters, _queue.Count, WaitQueue.WaiterCountMax), _queue.Count));
        }

        Signal();
        return AttendAsync(waiter);
    }

    /// <summary>Waits for a waiter's outcome as long as one call may.</summary>
    private async ValueTask<LeaseOutcome> AttendAsync(Waiter waiter)
    {
        if (waiter.Deadline - _clock.Now <= CallWaitMax) return await waiter.Outcome;
        try
        {
            return await waiter.Outcome.WaitAsync(CallWaitMax, _clock.Time);
        }
        catch (TimeoutException)
        {
            return _queue.TryStepAway(waiter) ? new LeaseOutcome(OperationStatus.Waiting) : await waiter.Outcome;
        }
    }

    /// <summary>Serves from the head of the queue until memory does not suffice for it.</summary>
    private async ValueTask ServeAsync()
    {
        while (_queue.PeekNext(BytesMax) is { } next)
        {
            if (next.Deadline < _clock.Now)
            {
                _queue.EndLate();
                continue;
            }

            LeaseOutcome outcome;
            try
            {
                outcome = await TakeAsync(next.Request);
            }
            catch (Exception e)
            {
                // What went wrong is told to whom it concerns; the others are served on.
                if (_queue.TryTake(next, _clock.Now)) next.Fail(e);
                continue;
            }

            if (outcome.Status == OperationStatus.Exhausted) return;
            if (_queue.TryTake(next, _clock.Now)) next.Complete(outcome);
            else await PoolMemory.GiveBackAsync(outcome.Leases);
        }
    }
}
