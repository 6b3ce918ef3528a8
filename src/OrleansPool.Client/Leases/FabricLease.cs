using System.Collections.Immutable;
using OrleansPool.Client.Batches;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Faces;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Leases;

/// <summary>A lease as this process holds it: owned and renewed, or only looked at.</summary>
internal sealed class FabricLease : MemoryLease, IBatchRange, IRangeFallback
{
    private readonly FabricContext _context;
    private readonly ExtentMap _map;
    private readonly CancellationTokenSource _lost = new();
    private readonly LeaseToken _token;
    private readonly Lock _renewal = new();
    private OperationStatus _renewalStatus;
    private LeaseExtent _renewalExtent;
    private int _renewalsMissing;
    private Loss? _loss;
    private int _state;

    public FabricLease(FabricContext context, string pool, long length, int blockBytes, OpenExtent[] extents, bool isOwned)
    {
        _context = context;
        _map = new ExtentMap(extents, blockBytes, length, context.Path);
        _token = new LeaseToken(pool, length, blockBytes, [.. extents.Select(extent => extent.Extent)]);
        _state = isOwned ? State.Owned : State.Viewed;
        Duration = extents.Min(extent => extent.Duration);
        Nodes = [.. extents.Select(extent => extent.Extent.Home).Distinct()];
    }

    public override LeaseToken Token => _token;

    public override long Length => _map.Length;

    public override int BlockBytes => _map.BlockBytes;

    public override string Pool => _token.Pool;

    public override IReadOnlyList<NodeId> Nodes { get; }

    public override bool IsOwned => Volatile.Read(ref _state) == State.Owned;

    public override CancellationToken Lost => _lost.Token;

    /// <summary>How long the lease lives after a renewal.</summary>
    internal TimeSpan Duration { get; }

    internal ImmutableArray<LeaseExtent> Extents => _token.Extents;

    FabricContext IBatchRange.Context => _context;

    /// <summary>Whether the keeper has to go on renewing it.</summary>
    internal bool IsKept => IsOwned && !_lost.IsCancellationRequested;

    /// <summary>Until when the holder may rely on it, as a timestamp. For the keeper.</summary>
    internal long ValidUntil { get; set; }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (IsReadable && !cancellationToken.IsCancellationRequested && RangeBounds.MayReadAt(offset, Length))
        {
            int count = RangeBounds.ReadCount(offset, destination.Length, Length);
            if (_map.HasLocal && RangeAccess.TryRead(_map, offset, destination.Span[..count])) return new ValueTask<int>(count);
            if (_context.Access.TryReadAtOnce(_map, offset, destination[..count], this, cancellationToken, out ValueTask<int> read)) return read;
        }

        return ReadSlowlyAsync(offset, destination, cancellationToken);
    }

    public override bool TryRead(long offset, Span<byte> destination)
    {
        if (IsReadable) return RangeAccess.TryRead(_map, offset, destination);
        destination.Clear();
        return false;
    }

    public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        RangeBounds.ThrowUnlessInside(offset, source.Length, Length);
        ThrowIfReadOnly();
        QuickWrite? quick = _context.Access.TryChangeAtOnce(
            _map, BlockWriteKind.Write, offset, source.Length, source, 0, 0, 0, this, cancellationToken);
        return quick?.Task ?? WriteSlowlyAsync(offset, source, 0, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteSlowlyAsync(long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken) =>
        _context.Access.WriteAsync(Pool, _map, offset, source, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CombineSlowlyAsync(
        BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken) =>
        _context.Access.CombineAsync(Pool, _map, kind, offset, operand, expected, cancellationToken);

    public override ValueTask<long> CompareExchangeAsync(
        long offset, long expected, long desired, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.CompareExchange, offset, desired, expected, cancellationToken);

    public override ValueTask<long> AddAsync(long offset, long addend, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.Add, offset, addend, 0, cancellationToken);

    public override Stream AsStream(bool leaveOpen = true)
    {
        ThrowIfUnusable();
        return new RangeStream(this, leaveOpen);
    }

    public override RangeWriter AsBufferWriter(long offset = 0)
    {
        ThrowIfUnusable();
        ThrowIfReadOnly();
        return new BufferedRangeWriter(this, offset);
    }

    public override LeaseToken Detach()
    {
        ThrowIfUnusable();
        if (Interlocked.CompareExchange(ref _state, State.Detached, State.Owned) == State.Owned)
        {
            _context.Keeper.Forget();
            return _token;
        }

        throw new InvalidOperationException("Only a handle that owns its lease can give it up; this one was opened to look. Use AdoptAsync to take a lease over.");
    }

    public override LeaseToken ToReadOnlyToken()
    {
        ThrowIfUnusable();
        var extents = ImmutableArray.CreateBuilder<LeaseExtent>(_map.ExtentCount);
        for (int i = 0; i < _map.ExtentCount; i++)
        {
            LeaseExtent extent = _map[i].Extent;
            extents.Add(extent with { Key = extent.Key with { Id = _map[i].ReadOnlyId, Rights = LeaseRights.Read } });
        }

        return new LeaseToken(Pool, Length, BlockBytes, extents.MoveToImmutable());
    }

    public override async ValueTask<LeaseToken> TransferAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfReadOnly();
        OpenExtent[] extents;
        bool isRaised = false;
        try
        {
            extents = await LeaseTaker.ForEachNodeAsync(Pool, Extents, async (home, group) =>
            {
                ExtentReply[] replies = await _context.Path.TransferAsync(home, group, cancellationToken);
                isRaised |= replies.Any(reply => reply.Status == OperationStatus.Ok);
                return replies;
            });
        }
        catch (Exception e) when (isRaised || e is PoolIndeterminateException)
        {
            // What was raised is out of this holder's hands, and nobody has the whole lease: it runs out.
            Lose(OperationStatus.Indeterminate, Extents[0]);
            throw e as PoolIndeterminateException ?? PoolErrors.Unanswered(Extents[0], e);
        }

        Lose(OperationStatus.Fenced, Extents[0]);
        return new LeaseToken(Pool, Length, BlockBytes, [.. extents.Select(extent => extent.Extent)]);
    }

    public override async ValueTask RenewAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfReadOnly();
        foreach (IGrouping<NodeId, LeaseExtent> group in Extents.GroupBy(extent => extent.Home))
        {
            LeaseExtent[] extents = [.. group];
            OperationStatus[] statuses = await _context.Path.RenewAsync(group.Key, extents, cancellationToken);
            for (int i = 0; i < statuses.Length; i++) PoolErrors.ThrowIfNotOk(statuses[i], Pool, group.Key, extents[i].Key);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (TryEnd(out _)) await _context.Leases.ReleaseAsync(Extents);
    }

    ExtentMap IBatchRange.MapFor(bool isWrite)
    {
        ThrowIfUnusable();
        if (isWrite) ThrowIfReadOnly();
        return _map;
    }

    ulong IBatchRange.NumberOf(LockFence fence) => fence == default
        ? 0UL
        : throw new ArgumentException($"Fence {fence.Number} is of a region's lock, and lease {Extents[0].Key.Id} has no locks. Write to the region.", nameof(fence));

    ValueTask<ExtentMap?> IBatchRange.TryRefreshAsync(ExtentMap refused, CancellationToken cancellationToken) => new((ExtentMap?)null);

    /// <summary>Whether a batch of some fabric may send the lease's extents itself.</summary>
    internal bool IsOf(FabricContext context) => _context == context;

    /// <summary>The extents, if the handle may renew them; throws what <see cref="RenewAsync"/> throws otherwise.</summary>
    internal ImmutableArray<LeaseExtent> RenewableExtents()
    {
        ThrowIfUnusable();
        ThrowIfReadOnly();
        return Extents;
    }

    /// <summary>Ends the handle.</summary>
    /// <param name="loss">Why its lease is not its own to free any more, where it owned one and lost it.</param>
    /// <returns>Whether its extents are to be freed.</returns>
    internal bool TryEnd(out Exception? loss)
    {
        loss = null;
        if (Interlocked.Exchange(ref _state, State.Disposed) != State.Owned) return false;
        if (_loss is { } lost)
        {
            loss = PoolErrors.For(lost.Status, Pool, lost.Extent.Home, lost.Extent.Key);
            return false;
        }

        _context.Keeper.Forget();
        return true;
    }

    /// <summary>Tells the handle that its memory is gone for it.</summary>
    internal void Lose(OperationStatus status, LeaseExtent extent)
    {
        if (Interlocked.CompareExchange(ref _loss, new Loss(status, extent), null) is not null) return;
        if (IsOwned) _context.Keeper.Forget();
        _ = _lost.CancelAsync();
    }

    /// <summary>Gets ready to gather one answer for each extent.</summary>
    internal void BeginRenewal()
    {
        _renewalStatus = OperationStatus.Ok;
        _renewalsMissing = Extents.Length;
    }

    /// <summary>Gathers the answer for an extent; the worst one counts.</summary>
    /// <returns>True with the last of them.</returns>
    internal bool AddRenewal(OperationStatus status, LeaseExtent extent)
    {
        lock (_renewal)
        {
            bool isWorse = _renewalStatus == OperationStatus.Ok || (_renewalStatus == OperationStatus.Busy && status != OperationStatus.Ok);
            if (isWorse) (_renewalStatus, _renewalExtent) = (status, extent);
            return --_renewalsMissing == 0;
        }
    }

    internal OperationStatus EndRenewal(out LeaseExtent refusedBy)
    {
        lock (_renewal)
        {
            refusedBy = _renewalExtent;
            return _renewalStatus;
        }
    }

    private bool IsReadable => _state is State.Owned or State.Viewed && _loss is null;

    /// <summary>Reads what is elsewhere, or tells why nothing may be read; then, at whichever step it failed, the buffer is cleared.</summary>
    public async ValueTask<int> ReadSlowlyAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            ThrowIfUnusable();
            cancellationToken.ThrowIfCancellationRequested();
            int count = RangeBounds.ReadCount(offset, destination.Length, Length);
            await _context.Access.ReadAsync(Pool, _map, offset, destination[..count], cancellationToken);
            return count;
        }
        catch
        {
            destination.Span.Clear();
            throw;
        }
    }

    private ValueTask<long> CombineAsync(
        BlockWriteKind kind, long offset, long operand, long expected, CancellationToken cancellationToken)
    {
        ThrowIfUnusable();
        cancellationToken.ThrowIfCancellationRequested();
        RangeBounds.ThrowUnlessAligned(offset, Length);
        ThrowIfReadOnly();
        QuickWrite? quick = _context.Access.TryChangeAtOnce(
            _map, kind, offset, sizeof(long), default, operand, expected, 0, this, cancellationToken);
        return quick?.ValueTask ?? CombineSlowlyAsync(kind, offset, operand, expected, 0, cancellationToken);
    }

    private void ThrowIfReadOnly()
    {
        if (_token.Rights != LeaseRights.Owner)
        {
            throw PoolErrors.For(OperationStatus.Denied, Pool, Extents[0].Home, Extents[0].Key);
        }
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _state) == State.Disposed, this);
        if (Volatile.Read(ref _state) == State.Detached)
        {
            throw new LeaseFencedException(
                $"This handle gave lease {Extents[0].Key.Id} of pool '{Pool}' up by Detach. Open the token to go on.", Pool, Extents[0].Key.Id);
        }

        if (_loss is { } loss) throw PoolErrors.For(loss.Status, Pool, loss.Extent.Home, loss.Extent.Key);
    }

    private sealed record Loss(OperationStatus Status, LeaseExtent Extent);

    private static class State
    {
        public const int Owned = 0;
        public const int Viewed = 1;
        public const int Detached = 2;
        public const int Disposed = 3;
    }
}
