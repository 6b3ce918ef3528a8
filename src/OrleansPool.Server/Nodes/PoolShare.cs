using OrleansPool.Core.Segments;
using OrleansPool.Grains;

namespace OrleansPool.Server.Nodes;

/// <summary>
/// One node's share of one pool: its segments, and how memory is taken from them. Grows by whole segments as long as the node
/// has memory and the pool's limit allows; an empty segment returns to the node.
/// </summary>
/// <remarks>Thread-safe. Leasing takes no lock; growing and shrinking, which are rare, take one.</remarks>
internal sealed class PoolShare
{
    private const int GrowRetryCountMax = 64;
    private const int BytesPerGrowthMin = 1 << 20;

    private readonly SegmentFactory _factory;
    private readonly long _blockCountMax;
    private readonly Lock _lock = new();
    private volatile NodeSegment[] _segments = [];
    private PoolCounters _closedCounters;
    private long _exhaustions;
    private int _growing;

    public PoolShare(string name, int blockBytes, long blockCountMax, SegmentFactory factory)
    {
        Name = name;
        BlockBytes = blockBytes;
        _factory = factory;
        _blockCountMax = blockCountMax;
    }

    public string Name { get; }

    public int BlockBytes { get; }

    public IReadOnlyList<NodeSegment> Segments => _segments;

    /// <summary>What could be leased now: free blocks, and those that the node's unassigned memory would make.</summary>
    public long BytesFree
    {
        get
        {
            long free = 0;
            long have = 0;
            foreach (NodeSegment segment in _segments)
            {
                free += segment.Segment.FreeBlockCount;
                have += segment.Segment.Geometry.BlockCount;
            }

            long growth = Math.Min(_blockCountMax - have, _factory.BlocksThatFit(BlockBytes));
            return (free + Math.Max(0, growth)) * BlockBytes;
        }
    }

    /// <summary>What the pool may have on this node.</summary>
    public long BytesMax => Math.Min(_blockCountMax, _factory.BlocksOfNode(BlockBytes)) * BlockBytes;

    /// <summary>Takes memory: from one segment where one has it, else from several; all or nothing.</summary>
    public async ValueTask<(OperationStatus Status, List<(NodeSegment Segment, LeaseView Lease)> Leases)> TakeAsync(
        long bytes, TimeSpan duration, string owner, UInt128 trace = default)
    {
        List<(NodeSegment, LeaseView)> taken = [];
        if (bytes > BytesMax) return (OperationStatus.QuotaExceeded, taken);
        long missing = ((bytes - 1) / BlockBytes) + 1;

        // Each round makes a segment, or finds that somebody else changed them.
        long roundsMax = GrowRetryCountMax + (bytes / BytesPerGrowthMin);
        for (long round = 0; round < roundsMax; round++)
        {
            NodeSegment[] seen = _segments;
            missing = await TakeFromAsync(seen, missing, duration, owner, trace, taken);
            if (missing == 0)
            {
                GrowAheadIfLow();
                return (OperationStatus.Ok, taken);
            }

            if (!TryGrow(seen)) break;
        }

        foreach ((NodeSegment segment, LeaseView lease) in taken)
        {
            await segment.ExecuteAsync(Operation.OnLease(OperationKind.Free, lease.Key));
        }

        taken.Clear();
        return (OperationStatus.Exhausted, taken);
    }

    /// <summary>A request was turned down.</summary>
    public void CountExhaustion() => Interlocked.Increment(ref _exhaustions);

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
                work.Share.TryGrow(work.Seen);
                Volatile.Write(ref work.Share._growing, 0);
            },
            (Share: this, Seen: seen), preferLocal: false);
    }

    /// <summary>Gives empty segments back to the node.</summary>
    /// <param name="keepOne">Whether one stays, so that the next lease finds memory at once.</param>
    public async ValueTask ReturnEmptyAsync(bool keepOne)
    {
        bool kept = !keepOne;
        foreach (NodeSegment segment in _segments)
        {
            if (segment.Segment.LeasedBlockCount > 0 || segment.Segment.FreeBlockCount < segment.Segment.Geometry.BlockCount) continue;
            if (!kept)
            {
                kept = true;
                continue;
            }

            OperationResult closed = await segment.ExecuteAsync(Operation.Plain(OperationKind.Close));
            if (closed.Status != OperationStatus.Ok) continue;
            Abandon(segment);
            _factory.Retire(segment);
        }
    }

    /// <summary>Leases no more from a segment that stopped serving. Its memory is not given back: nobody knows who still uses it.</summary>
    public void Abandon(NodeSegment segment)
    {
        lock (_lock)
        {
            if (!_segments.Contains(segment)) return;
            _segments = [.. _segments.Where(other => other != segment)];
            _closedCounters = Sum(_closedCounters, segment.Segment.Counters);
        }
    }

    public PoolReport Describe()
    {
        long blocks = 0;
        long free = 0;
        long leases = 0;
        long kept = 0;
        PoolCounters counters = _closedCounters;
        foreach (NodeSegment segment in _segments)
        {
            blocks += segment.Segment.Geometry.BlockCount;
            free += segment.Segment.FreeBlockCount;
            leases += segment.Segment.LeaseCount;
            kept += segment.Segment.KeptCount;
            counters = Sum(counters, segment.Segment.Counters);
        }

        counters = counters with { Exhaustions = Interlocked.Read(ref _exhaustions) };
        return new PoolReport(Name, BlockBytes, BytesMax / BlockBytes, blocks, free, leases, kept, counters);
    }

    private static PoolCounters Sum(PoolCounters a, PoolCounters b) => new(
        a.Leases + b.Leases, a.Frees + b.Frees, a.Expiries + b.Expiries, 0, a.Fences + b.Fences, a.Writes + b.Writes);

    /// <summary>Takes blocks: first from a segment that has them all, then whatever there is.</summary>
    private static async ValueTask<long> TakeFromAsync(
        NodeSegment[] segments, long missing, TimeSpan duration, string owner, UInt128 trace, List<(NodeSegment, LeaseView)> taken)
    {
        foreach (NodeSegment segment in segments)
        {
            if (segment.Segment.FreeBlockCount < missing) continue;
            OperationResult result = await segment.ExecuteAsync(Operation.Alloc((int)missing, duration, owner, trace: trace));
            if (result.Status != OperationStatus.Ok) continue;
            taken.Add((segment, result.Lease));
            return 0;
        }

        if (segments.Sum(segment => (long)segment.Segment.FreeBlockCount) < missing) return missing;
        foreach (NodeSegment segment in segments)
        {
            int part = (int)Math.Min(missing, segment.Segment.FreeBlockCount);
            if (part == 0) continue;
            OperationResult result = await segment.ExecuteAsync(Operation.Alloc(part, duration, owner, trace: trace));
            if (result.Status != OperationStatus.Ok) continue;
            taken.Add((segment, result.Lease));
            missing -= part;
            if (missing == 0) break;
        }

        return missing;
    }

    /// <summary>Makes a segment, unless somebody did since the caller looked.</summary>
    /// <returns>False when the node has no memory left or the pool is as large as it may be.</returns>
    private bool TryGrow(NodeSegment[] seen)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(seen, _segments)) return true;
            long have = seen.Sum(segment => (long)segment.Segment.Geometry.BlockCount);
            foreach (int blocks in SegmentSizes.BlockCounts(BlockBytes, _blockCountMax - have))
            {
                if (_factory.TryMake(Name, new SegmentGeometry(BlockBytes, blocks)) is not { } made) continue;
                _segments = [.. seen, made];
                return true;
            }

            return false;
        }
    }
}
