using Microsoft.Extensions.Logging;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Nodes;

/// <summary>The pools of this node: which there are, how memory passes between them, and what a changed configuration changes.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class NodePools : IDisposable
{
    private static readonly TimeSpan ReturnInterval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, PoolShare> _pools = new(StringComparer.Ordinal);
    private readonly ILogger _logger;
    private readonly ITimer _returnTimer;
    private readonly Rounds _moves;

    public NodePools(IEnumerable<PoolOptions> pools, SegmentFactory factory, HostClock clock, ILogger logger)
    {
        _logger = logger;
        _moves = new Rounds(MoveToMemoryAsync);
        foreach (PoolOptions pool in WithDefault(pools))
        {
            _pools.Add(
                pool.Name,
                new PoolShare(pool.Name, (int)ByteSize.Parse(pool.BlockSize), PoolLimits.Of(pool), factory, clock, MakeRoomAsync, OnFreed));
        }

        foreach (PoolShare share in _pools.Values) share.GrowAheadIfLow();
        _returnTimer = clock.Time.CreateTimer(static pools => _ = ((NodePools)pools!).ReturnEmptyAsync(), this, ReturnInterval, ReturnInterval);
    }

    /// <summary>Free blocks of all segments in memory, in bytes.</summary>
    public long SegmentBytesFree => _pools.Values.Sum(pool => pool.SegmentBytesFree);

    /// <summary>Takes memory, now or by the request's deadline; the status tells why not.</summary>
    public async ValueTask<(LeaseReply Reply, LeaseOutcome Outcome)> LeaseAsync(LeaseRequest request)
    {
        if (!_pools.TryGetValue(request.Pool, out PoolShare? pool)) return (new LeaseReply(OperationStatus.NoPool, 0, [], 0, 0), default);
        LeaseOutcome outcome = IsMalformed(request) ? new LeaseOutcome(OperationStatus.OutOfBounds) : await pool.LeaseAsync(request);
        LeaseReply reply = new(outcome.Status, pool.BlockBytes, [], pool.BytesFree, pool.BytesMax)
        {
            WaitersAhead = outcome.WaitersAhead,
            Limit = outcome.Hit.Limit,
            LimitHeld = outcome.Hit.Held,
            LimitMax = outcome.Hit.Max,
        };
        return (reply, outcome);
    }

    /// <summary>Pools may sit on empty segments: gives those back to the node.</summary>
    /// <param name="asking">The pool that needs the memory, which keeps its own; null for none.</param>
    /// <returns>Whether any was given back.</returns>
    public async ValueTask<bool> MakeRoomAsync(PoolShare? asking = null)
    {
        bool isAny = false;
        foreach (PoolShare other in _pools.Values)
        {
            if (other != asking) isAny |= await other.ReturnEmptyAsync(keepOne: false);
        }

        return isAny;
    }

    /// <summary>Leases no more from a segment that stopped serving.</summary>
    public void Abandon(NodeSegment segment) => _pools[segment.Pool].Abandon(segment);

    /// <summary>Gives places in a pool's queue up.</summary>
    public void Leave(string pool, Guid[] tickets)
    {
        if (_pools.TryGetValue(pool, out PoolShare? share)) share.Leave(tickets);
    }

    /// <summary>Memory of the node may be free: those who wait come first, then what is in the spill file.</summary>
    public void OnFreed()
    {
        bool isSpilled = false;
        foreach (PoolShare pool in _pools.Values)
        {
            pool.Signal();
            isSpilled |= pool.IsSpilled;
        }

        if (isSpilled) _moves.Ask();
    }

    /// <summary>Applies what may change while the node runs, and refuses the rest with an error in the log.</summary>
    public void Apply(IEnumerable<PoolOptions> pools)
    {
        var missing = _pools.Keys.ToHashSet();
        foreach (PoolOptions pool in WithDefault(pools))
        {
            if (!_pools.TryGetValue(pool.Name, out PoolShare? share))
            {
                LogRefused(pool.Name, "it is new, and a node makes its pools at its start");
                continue;
            }

            missing.Remove(pool.Name);
            if (ByteSize.Parse(pool.BlockSize) != share.BlockBytes)
            {
                LogRefused(pool.Name, $"its blocks are {share.BlockBytes} B and cannot become {pool.BlockSize} while the node runs");
                continue;
            }

            var limits = PoolLimits.Of(pool);
            if (limits == share.Limits) continue;
            share.Limits = limits;
            LogApplied(pool.Name, limits);
            if (share.Ledger.Bytes > limits.QuotaBytes) LogBelowHeld(pool.Name, limits.QuotaBytes, share.Ledger.Bytes);
        }

        foreach (string name in missing) LogRefused(name, "it is missing, and a pool goes only with its node");
    }

    public PoolReport[] Describe() => [.. _pools.Values.Select(pool => pool.Describe())];

    public void Dispose()
    {
        _returnTimer.Dispose();
        foreach (PoolShare pool in _pools.Values) pool.Dispose();
    }

    private static IEnumerable<PoolOptions> WithDefault(IEnumerable<PoolOptions> pools) =>
        pools.Any(pool => pool.Name == PoolNames.Default) ? pools : pools.Prepend(new PoolOptions());

    private static bool IsMalformed(LeaseRequest request) =>
        request.Bytes <= 0 || request.Duration < LeaseOptions.DurationMin || request.Duration > LeaseOptions.DurationMax
        || request.WaitUpTo < TimeSpan.Zero || request.WaitUpTo > LeaseOptions.WaitMax
        || request.Owner is null || request.Owner.Length > LeaseOptions.OwnerLengthMax;

    private async Task ReturnEmptyAsync()
    {
        foreach (PoolShare pool in _pools.Values) await pool.ReturnEmptyAsync(keepOne: true);
        OnFreed();
    }

    /// <summary>One round of moving. Rounds do not overlap, so a segment has one mover.</summary>
    private async ValueTask MoveToMemoryAsync()
    {
        foreach (PoolShare pool in _pools.Values)
        {
            // Empty segments make room, here and for the others.
            await pool.ReturnEmptyAsync(keepOne: false);
        }

        foreach (PoolShare pool in _pools.Values)
        {
            if (_pools.Values.All(other => other.WaiterCount == 0)) pool.MoveToMemory();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed configuration of pool '{Pool}' is ignored: {Reason}. Restart the silo to apply it")]
    private partial void LogRefused(string pool, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool '{Pool}' has new limits: {Limits}")]
    private partial void LogApplied(string pool, PoolLimits limits);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The quota of pool '{Pool}' is now {Quota} B and {Held} B are held: nothing is taken away, and new leases are refused until it fits")]
    private partial void LogBelowHeld(string pool, long quota, long held);
}
