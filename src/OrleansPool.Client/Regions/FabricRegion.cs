using OrleansPool.Client.Batches;
using OrleansPool.Client.Fabric;
using OrleansPool.Client.Faces;
using OrleansPool.Client.Locks;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;

namespace OrleansPool.Client.Regions;

/// <summary>
/// A region as this process has it open: a copy of its page table, looked at again when the memory's owner refuses it.
/// </summary>
internal sealed class FabricRegion : MemoryRegion, IBatchRange, IRangeFallback
{
    private static readonly LockOptions DoNotWait = new() { WaitUpTo = TimeSpan.Zero };

    private readonly FabricContext _context;
    private readonly IRegionGrain _grain;
    private LockTaker? _lockTaker;
    private View _view;
    private bool _disposed;

    public FabricRegion(FabricContext context, IRegionGrain grain, PageTable table)
    {
        _context = context;
        _grain = grain;
        _view = new View(table, context);
    }

    private LockTaker Locks => _lockTaker ??= new LockTaker(_context.Grains.GetGrain<IRegionLockGrain>(Name), _context.Time);

    public override string Name => _view.Table.Name;

    public override long Length => _view.Table.Length;

    public override int BlockBytes => _view.Table.BlockBytes;

    public override string Pool => _view.Table.Pool;

    public override IReadOnlyList<NodeId> Nodes => [.. _view.Table.Extents.Select(extent => extent.Extent.Home).Distinct()];

    public override IReadOnlyList<LostRange> LostRanges => _view.Table.LostRanges;

    FabricContext IBatchRange.Context => _context;

    public override bool TryRead(long offset, Span<byte> destination)
    {
        if (!_disposed) return RangeAccess.TryRead(Volatile.Read(ref _view).Map, offset, destination);
        destination.Clear();
        return false;
    }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        long length = Length;
        if (!cancellationToken.IsCancellationRequested && RangeBounds.MayReadAt(offset, length))
        {
            int count = RangeBounds.ReadCount(offset, destination.Length, length);
            ExtentMap map = Volatile.Read(ref _view).Map;
            if (!_disposed && map.HasLocal && RangeAccess.TryRead(map, offset, destination.Span[..count])) return new ValueTask<int>(count);
            if (!_disposed && _context.Access.TryReadAtOnce(map, offset, destination[..count], this, cancellationToken, out ValueTask<int> read)) return read;
        }

        return ReadSlowlyAsync(offset, destination, cancellationToken);
    }

    public override ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        WriteAsync(offset, source, 0, cancellationToken);

    public override ValueTask WriteAsync(
        long offset, ReadOnlyMemory<byte> source, LockFence fence, CancellationToken cancellationToken = default) =>
        WriteAsync(offset, source, NumberOf(fence), cancellationToken);

    private ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken)
    {
        QuickWrite? quick = _disposed || cancellationToken.IsCancellationRequested
            ? null
            : _context.Access.TryChangeAtOnce(
                Volatile.Read(ref _view).Map, BlockWriteKind.Write, offset, source.Length, source, 0, 0, fence, this, cancellationToken);
        return quick?.Task ?? WriteSlowlyAsync(offset, source, fence, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WriteSlowlyAsync(long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        RangeBounds.ThrowUnlessInside(offset, source.Length, Length);
        await WithFreshMapAsync(
            async (map, pool, self) =>
            {
                RangeBounds.ThrowUnlessInside(offset, source.Length, map.Length);
                await self._context.Access.WriteAsync(pool, map, offset, source, fence, cancellationToken);
                return 0;
            },
            cancellationToken);
    }

    public override ValueTask<long> CompareExchangeAsync(
        long offset, long expected, long desired, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.CompareExchange, offset, desired, expected, 0, cancellationToken);

    public override ValueTask<long> CompareExchangeAsync(
        long offset, long expected, long desired, LockFence fence, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.CompareExchange, offset, desired, expected, NumberOf(fence), cancellationToken);

    public override ValueTask<long> AddAsync(long offset, long addend, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.Add, offset, addend, 0, 0, cancellationToken);

    public override ValueTask<long> AddAsync(long offset, long addend, LockFence fence, CancellationToken cancellationToken = default) =>
        CombineAsync(BlockWriteKind.Add, offset, addend, 0, NumberOf(fence), cancellationToken);

    public override async ValueTask<RegionLock> LockAsync(
        long offset, long bytes, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        await LockManyAsync([new LockRange(offset, bytes)], mode, options, cancellationToken);

    public override async ValueTask<RegionLock> LockManyAsync(
        IReadOnlyList<LockRange> ranges, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= LockOptions.Default;
        return await TakeAsync(ranges, mode, options, cancellationToken)
            ?? throw new LockTimeoutException(
                $"The lock on region '{Name}' did not come free within {options.WaitUpTo}. Nothing is held: try again, wait longer, or lock less at once.",
                Name, options.WaitUpTo, Pool);
    }

    public override ValueTask<RegionLock?> TryLockAsync(
        long offset, long bytes, LockMode mode, LockOptions? options = null, CancellationToken cancellationToken = default) =>
        TakeAsync([new LockRange(offset, bytes)], mode, options ?? DoNotWait, cancellationToken);

    public override async ValueTask ResizeAsync(long bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        Adopt(await GrainQuestion.ChangeAsync(Name, () => _grain.ResizeAsync(_view.Table.Id, bytes), cancellationToken));
    }

    public override async ValueTask GrowAsync(long bytes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        cancellationToken.ThrowIfCancellationRequested();
        Adopt(await GrainQuestion.ChangeAsync(Name, () => _grain.GrowAsync(_view.Table.Id, bytes), cancellationToken));
    }

    public override Stream AsStream(bool leaveOpen = true)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new RangeStream(this, leaveOpen);
    }

    public override RangeWriter AsBufferWriter(long offset = 0)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new BufferedRangeWriter(this, offset);
    }

    public override async ValueTask RefreshAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        PageTable? table = await GrainQuestion.AskAsync(_grain.OpenAsync, cancellationToken);
        Adopt(table?.Id == _view.Table.Id ? table : throw PoolErrors.NoRegion(Name));
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    ExtentMap IBatchRange.MapFor(bool isWrite)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Volatile.Read(ref _view).Map;
    }

    ulong IBatchRange.NumberOf(LockFence fence) => fence == default ? 0 : NumberOf(fence);

    async ValueTask<ExtentMap?> IBatchRange.TryRefreshAsync(ExtentMap refused, CancellationToken cancellationToken)
    {
        View view = Volatile.Read(ref _view);
        if (view.Map != refused) return view.Map;
        await RefreshAsync(cancellationToken);
        View fresh = Volatile.Read(ref _view);
        return fresh.Table.Version == view.Table.Version ? null : fresh.Map;
    }

    /// <summary>Reads what is elsewhere, or tells why nothing may be read; then, at whichever step it failed, the buffer is cleared.</summary>
    public async ValueTask<int> ReadSlowlyAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            cancellationToken.ThrowIfCancellationRequested();
            RangeBounds.ReadCount(offset, destination.Length, Length);
            return await WithFreshMapAsync(
                async (map, pool, self) =>
                {
                    int left = RangeBounds.ReadCount(offset, destination.Length, map.Length);
                    await self._context.Access.ReadAsync(pool, map, offset, destination[..left], cancellationToken);
                    return left;
                },
                cancellationToken);
        }
        catch
        {
            destination.Span.Clear();
            throw;
        }
    }

    private ValueTask<long> CombineAsync(
        BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        RangeBounds.ThrowUnlessAligned(offset, Length);
        QuickWrite? quick = _context.Access.TryChangeAtOnce(
            Volatile.Read(ref _view).Map, kind, offset, sizeof(long), default, operand, expected, fence, this, cancellationToken);
        return quick?.ValueTask ?? CombineSlowlyAsync(kind, offset, operand, expected, fence, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> CombineSlowlyAsync(
        BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken)
    {
        return WithFreshMapAsync(
            (map, pool, self) =>
            {
                RangeBounds.ThrowUnlessAligned(offset, map.Length);
                return self._context.Access.CombineAsync(pool, map, kind, offset, operand, expected, fence, cancellationToken);
            },
            cancellationToken);
    }

    private ValueTask<RegionLock?> TakeAsync(
        IReadOnlyList<LockRange> ranges, LockMode mode, LockOptions options, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        LockRange[] merged = LockValidation.Validate(ranges, mode, options, Length);
        cancellationToken.ThrowIfCancellationRequested();
        return Locks.TakeAsync(_view.Table, merged, mode, options, cancellationToken);
    }

    /// <summary>The number of a fence of this region.</summary>
    private ulong NumberOf(LockFence fence)
    {
        if (fence.Number == 0) throw new ArgumentException("This is no lock's fence: it has no number. Use the Fence of a RegionLock.", nameof(fence));
        if (fence.Region == _view.Table.Id) return fence.Number;
        throw new LeaseFencedException(
            $"Fence {fence.Number} is of a lock of another region ({fence.Region}), not of '{Name}' as this handle has it open ({_view.Table.Id}). Lock this region.", Pool);
    }

    /// <summary>
    /// Carries an operation out with the page table at hand. If the memory's owner refuses the table's leases, the region has
    /// changed: the table is fetched and the operation tried once more.
    /// </summary>
    private async ValueTask<T> WithFreshMapAsync<T>(
        Func<ExtentMap, string, FabricRegion, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        View view = Volatile.Read(ref _view);
        try
        {
            return await operation(view.Map, view.Table.Pool, this);
        }
        catch (Exception e) when (e is LeaseFencedException or LeaseExpiredException)
        {
            await RefreshAsync(cancellationToken);
            View fresh = Volatile.Read(ref _view);
            if (fresh.Table.Version == view.Table.Version) throw;
            return await operation(fresh.Map, fresh.Table.Pool, this);
        }
    }

    /// <summary>Takes a page table over unless a newer one is here.</summary>
    private void Adopt(PageTable table)
    {
        var fresh = new View(table, _context);
        while (true)
        {
            View current = Volatile.Read(ref _view);
            if (current.Table.Version > table.Version || Interlocked.CompareExchange(ref _view, fresh, current) == current) return;
        }
    }

    private sealed class View(PageTable table, FabricContext context)
    {
        public PageTable Table => table;

        public ExtentMap Map { get; } = new(table.Extents, table.BlockBytes, table.Length, context.Path);
    }
}
