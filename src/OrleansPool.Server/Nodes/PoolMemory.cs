using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>
/// The segments of one pool in this node's memory, or in its spill file, and how memory is taken from them. Grows by whole
/// segments as long as there is room and the pool's limit allows; an empty segment returns to the node.
/// </summary>
/// <remarks>
/// Thread-safe. Leasing takes no lock but the ledger's; growing and shrinking, which are rare, take one. Parts of a lease that does
/// not come together go back at once: nothing is held while waiting.
/// </remarks>
internal sealed class PoolMemory(PoolShare pool, SegmentFactory factory, bool isSpill)
{
    private const int GrowRetryCountMax = 64;
    private const int BytesPerGrowthMin = 1 << 20;

    private readonly Lock _lock = new();
    private volatile NodeSegment[] _segments = [];
    private PoolCounters _closedCounters;
    private int _growing;

    public IReadOnlyList<NodeSegment> Segments => _segments;

    public long BlockCount => _segments.Sum(segment => (long)segment.Segment.Geometry.BlockCount);

    public long FreeBlockCount => _segments.Sum(segment => (long)segment.Segment.FreeBlockCount);

    /// <summary>What happened in segments that are closed.</summary>
    public PoolCounters ClosedCounters
    {
        get
        {
            lock (_lock) return _closedCounters;
        }
    }

    /// <summary>Takes memory: from one segment where one has it, else from several; all or nothing.</summary>
    public async ValueTask<LeaseOutcome> TakeAsync(LeaseRequest request)
    {
        long blocks = pool.BlocksFor(request.Bytes);
        if (!pool.Ledger.TryCharge(request.Owner, blocks * pool.BlockBytes, 1, pool.Limits, out string account, out LimitHit hit))
        {
            return new LeaseOutcome(OperationStatus.QuotaExceeded, hit);
        }

        List<(NodeSegment Segment, LeaseView Lease)> taken = [];
        long missing = blocks;

        // Each round makes a segment, or finds that somebody else changed them.
        long roundsMax = GrowRetryCountMax + (request.Bytes / BytesPerGrowthMin);
        for (long round = 0; round < roundsMax; round++)
        {
            NodeSegment[] seen = _segments;
            (missing, hit) = await TakeFromAsync(seen, missing, request, account, taken);
            if (missing == 0)
            {
                if (!isSpill) GrowAheadIfLow();
                return new LeaseOutcome(OperationStatus.Ok) { Leases = taken };
            }

            if (hit.Limit != PoolLimit.None || !TryGrow(seen)) break;
        }

        // What was taken is discharged when it ends; the rest never was.
        pool.Ledger.Discharge(account, missing * pool.BlockBytes, taken.Count == 0 ? 1 : 0);
        await GiveBackAsync(taken);
        return new LeaseOutcome(hit.Limit == PoolLimit.None ? OperationStatus.Exhausted : OperationStatus.QuotaExceeded, hit);
    }

    /// <summary>Frees leases.</summary>
    public static async ValueTask GiveBackAsync(IReadOnlyList<(NodeSegment Segment, LeaseView Lease)> leases)
    {
        foreach ((NodeSegment segment, LeaseView lease) in leases)
        {
            await segment.ExecuteAsync(Operation.OnLease(OperationKind.Free, lease.Key));
        }
    }

    /// <summary>Makes a segment ahead, so that a lease seldom has to wait for one.</summary>
    public void GrowAheadIfLow()
    {
        NodeSegment[] seen = _segments;
        long free = seen.Sum(segment => (long)segment.Segment.FreeBlockCount);
        long low = seen.Length == 0 ? 1 : seen[^1].Segment.Geometry.BlockCount / 4;
        if (free >= low || Interlocked.CompareExchange(ref _growing, 1, 0) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static work =>
            {
                work.Memory.TryGrow(work.Seen);
                Volatile.Write(ref work.Memory._growing, 0);
            },
            (Memory: this, Seen: seen), preferLocal: false);
    }

    /// <summary>Gives empty segments back to the node.</summary>
    /// <param name="keepOne">Whether one stays, so that the next lease finds memory at once.</param>
    /// <returns>Whether any was given back.</returns>
    public async ValueTask<bool> ReturnEmptyAsync(bool keepOne)
    {
        bool kept = !keepOne;
        bool isAny = false;
        foreach (NodeSegment segment in _segments)
        {
            if (!IsEmpty(segment)) continue;
            if (!kept)
            {
                kept = true;
                continue;
            }

            OperationResult closed = await segment.ExecuteAsync(Operation.Plain(OperationKind.Close));
            if (closed.Status != OperationStatus.Ok) continue;
            Abandon(segment);
            factory.Retire(segment);
            isAny = true;
        }

        return isAny;
    }

    /// <summary>Leases no more from a segment, if it is one of these; what happened in it still counts.</summary>
    public void Abandon(NodeSegment segment)
    {
        lock (_lock)
        {
            if (!_segments.Contains(segment)) return;
            _segments = [.. _segments.Where(other => other != segment)];
            _closedCounters = Sum(_closedCounters, segment.Segment.Counters);
        }
    }

    /// <summary>Moves segments out of the spill file as long as memory has room for them.</summary>
    /// <param name="memory">The pool's segments in memory.</param>
    /// <returns>Whether any segment is left.</returns>
    public bool MoveTo(PoolMemory memory)
    {
        foreach (NodeSegment segment in _segments)
        {
            if (IsEmpty(segment)) continue;

            // In both lists for a moment rather than in none: a lease from it is a lease, wherever it is.
            if (!factory.TryMoveToMemory(pool.Name, segment)) break;
            lock (memory._lock) memory._segments = [.. memory._segments, segment];
            lock (_lock) _segments = [.. _segments.Where(other => other != segment)];
        }

        return _segments.Length > 0;
    }

    public static PoolCounters Sum(PoolCounters a, PoolCounters b) => new(
        a.Leases + b.Leases, a.Frees + b.Frees, a.Expiries + b.Expiries, 0, a.Fences + b.Fences, a.Writes + b.Writes);

    public static bool IsEmpty(NodeSegment segment) =>
        segment.Segment.LeasedBlockCount == 0 && segment.Segment.FreeBlockCount >= segment.Segment.Geometry.BlockCount;

    /// <summary>Takes blocks: first from a segment that has them all, then whatever there is.</summary>
    /// <returns>How many blocks are missing, and the limit that kept the rest away, if one did.</returns>
    private async ValueTask<(long Missing, LimitHit Hit)> TakeFromAsync(
        NodeSegment[] segments, long missing, LeaseRequest request, string account, List<(NodeSegment, LeaseView)> taken)
    {
        foreach (NodeSegment segment in segments)
        {
            if (segment.Segment.FreeBlockCount < missing) continue;
            (OperationStatus status, LimitHit hit) = await AllocAsync(segment, (int)missing, request, account, taken);
            if (hit.Limit != PoolLimit.None) return (missing, hit);
            if (status == OperationStatus.Ok) return (0, default);
        }

        if (segments.Sum(segment => (long)segment.Segment.FreeBlockCount) < missing) return (missing, default);
        foreach (NodeSegment segment in segments)
        {
            int part = (int)Math.Min(missing, segment.Segment.FreeBlockCount);
            if (part == 0) continue;
            (OperationStatus status, LimitHit hit) = await AllocAsync(segment, part, request, account, taken);
            if (hit.Limit != PoolLimit.None) return (missing, hit);
            if (status != OperationStatus.Ok) continue;
            missing -= part;
            if (missing == 0) break;
        }

        return (missing, default);
    }

    private async ValueTask<(OperationStatus Status, LimitHit Hit)> AllocAsync(
        NodeSegment segment, int blocks, LeaseRequest request, string account, List<(NodeSegment, LeaseView)> taken)
    {
        // The request was charged one lease; every further segment makes one more.
        bool isFurther = taken.Count > 0;
        if (isFurther && !pool.Ledger.TryCharge(account, 0, 1, pool.Limits, out _, out LimitHit hit)) return (OperationStatus.QuotaExceeded, hit);
        OperationResult result = await segment.ExecuteAsync(Operation.Alloc(blocks, request.Duration, account, trace: request.Trace));
        if (result.Status == OperationStatus.Ok) taken.Add((segment, result.Lease));
        else if (isFurther) pool.Ledger.Discharge(account, 0, 1);
        return (result.Status, default);
    }

    /// <summary>Makes a segment, unless somebody did since the caller looked.</summary>
    /// <returns>False when there is no room left or the pool is as large as it may be.</returns>
    private bool TryGrow(NodeSegment[] seen)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(seen, _segments)) return true;
            long may = pool.Limits.BlockCountMax - pool.BlockCount;
            foreach (int blocks in SegmentSizes.BlockCounts(pool.BlockBytes, may, isSpill))
            {
                if (factory.TryMake(pool.Name, new SegmentGeometry(pool.BlockBytes, blocks), isSpill, pool.OnEnded) is not { } made) continue;
                _segments = [.. seen, made];
                return true;
            }

            return false;
        }
    }
}
