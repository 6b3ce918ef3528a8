using System.Diagnostics;
using OrleansPool.Client.Batches;
using OrleansPool.Client.Leases;
using OrleansPool.Client.Regions;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Fabric;

/// <summary>The fabric, over whichever way to the memory this process has. The same in a silo and in an external client.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemoryFabric : IMemoryFabric, IAsyncDisposable, IDisposable
{
    private readonly FabricContext _context;
    private readonly IReservationSource _reservations;

    /// <summary>Makes the fabric.</summary>
    public MemoryFabric(
        ISegmentPath path, INodeTopology topology, IReservationSource reservations, IGrainFactory grains, TimeProvider time)
    {
        _context = new FabricContext(path, topology, grains, time);
        _reservations = reservations;
    }

    /// <inheritdoc/>
    public async ValueTask<MemoryLease> LeaseAsync(
        string pool, long bytes, LeaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= LeaseOptions.Default;
        LeaseValidation.Validate(pool, bytes, options);
        cancellationToken.ThrowIfCancellationRequested();
        using Activity? activity = PoolTelemetry.Start("lease", pool);
        long sentAt = _context.Time.GetTimestamp();
        (TakenLease? taken, Exception? refusal) = await _context.Leases.TryAsync(
            new LeaseRequest(pool, bytes, options.Duration, options.Owner)
            {
                WaitUpTo = options.WaitUpTo,
                Spill = options.Spill,
                Trace = PoolTelemetry.CurrentTrace,
            },
            options.Fallback, cancellationToken);
        if (taken is null) throw refusal!;
        var lease = new FabricLease(_context, pool, bytes, taken.BlockBytes, taken.Extents, isOwned: true);
        _context.Keeper.Keep(lease, sentAt);
        return lease;
    }

    /// <inheritdoc/>
    public ValueTask<BatchResult<MemoryLease>[]> LeaseManyAsync(IReadOnlyList<LeaseItem> items, CancellationToken cancellationToken = default)
    {
        BatchBounds.Validate(items, nameof(items));
        cancellationToken.ThrowIfCancellationRequested();
        return new LeaseBatch(_context, items, cancellationToken).RunAsync();
    }

    /// <inheritdoc/>
    public ValueTask<BatchResult<int>[]> ReadManyAsync(IReadOnlyList<ReadItem> items, CancellationToken cancellationToken = default)
    {
        BatchBounds.Validate(items, nameof(items));
        cancellationToken.ThrowIfCancellationRequested();
        return new ReadBatch(_context, items, cancellationToken).RunAsync();
    }

    /// <inheritdoc/>
    public ValueTask<BatchOutcome[]> WriteManyAsync(IReadOnlyList<WriteItem> items, CancellationToken cancellationToken = default)
    {
        BatchBounds.Validate(items, nameof(items));
        cancellationToken.ThrowIfCancellationRequested();
        return new WriteBatch(_context, items, cancellationToken).RunAsync();
    }

    /// <inheritdoc/>
    public ValueTask<BatchOutcome[]> RenewManyAsync(IReadOnlyList<MemoryLease> leases, CancellationToken cancellationToken = default)
    {
        BatchBounds.Validate(leases, nameof(leases));
        cancellationToken.ThrowIfCancellationRequested();
        return new ExtentBatch(_context, leases, cancellationToken).RenewAsync();
    }

    /// <inheritdoc/>
    public ValueTask<BatchOutcome[]> ReleaseManyAsync(IReadOnlyList<MemoryLease> leases, CancellationToken cancellationToken = default)
    {
        BatchBounds.Validate(leases, nameof(leases));
        cancellationToken.ThrowIfCancellationRequested();
        return new ExtentBatch(_context, leases, cancellationToken).ReleaseAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<MemoryLease> OpenAsync(LeaseToken token, CancellationToken cancellationToken = default) =>
        await OpenAsync(token, isOwned: false, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MemoryLease> AdoptAsync(LeaseToken token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Rights != LeaseRights.Owner)
        {
            throw PoolErrors.For(OperationStatus.Denied, token.Pool, token.Extents[0].Home, token.Extents[0].Key);
        }

        long sentAt = _context.Time.GetTimestamp();
        FabricLease lease = await OpenAsync(token, isOwned: true, cancellationToken);
        await lease.RenewAsync(cancellationToken);
        _context.Keeper.Keep(lease, sentAt);
        return lease;
    }

    /// <inheritdoc/>
    public async ValueTask<MemoryRegion> OpenRegionAsync(
        string name, long createBytes = 0, RegionOptions? options = null, CancellationToken cancellationToken = default)
    {
        PoolNames.ValidateRegion(name);
        ArgumentOutOfRangeException.ThrowIfNegative(createBytes);
        options ??= RegionOptions.Default;
        PoolNames.ValidatePool(options.Pool, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        IRegionGrain grain = _context.Grains.GetGrain<IRegionGrain>(name);
        PageTable? table = createBytes > 0
            ? await GrainQuestion.ChangeAsync<PageTable?>(name, async () => await grain.CreateAsync(options.Pool, createBytes), cancellationToken)
            : await GrainQuestion.AskAsync(grain.OpenAsync, cancellationToken);
        return new FabricRegion(_context, grain, table ?? throw PoolErrors.NoRegion(name));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteRegionAsync(string name, CancellationToken cancellationToken = default)
    {
        PoolNames.ValidateRegion(name);
        cancellationToken.ThrowIfCancellationRequested();
        return await GrainQuestion.ChangeAsync(name, _context.Grains.GetGrain<IRegionGrain>(name).DeleteAsync, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<BlockReservation> ReserveAsync(
        int blocks, ReservationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blocks);
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new ReservationOptions();
        LeaseValidation.Validate(blocks, options);
        return _reservations.ReserveAsync(blocks, options);
    }

    /// <inheritdoc/>
    public async ValueTask<FabricReport> DescribeAsync(CancellationToken cancellationToken = default) =>
        await GrainQuestion.AskAsync(Directory.DescribeAsync, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeaseInfo>> ListLeasesAsync(LeaseQuery query, CancellationToken cancellationToken = default)
    {
        query.Validate();
        return await Directory.ListLeasesAsync(query).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RegionInfo>> ListRegionsAsync(CancellationToken cancellationToken = default) =>
        await GrainQuestion.AskAsync(Directory.ListRegionsAsync, cancellationToken);

    /// <summary>Stops renewing. Leases that are still open run out.</summary>
    public ValueTask DisposeAsync() => _context.Keeper.DisposeAsync();

    /// <summary>Stops renewing, without waiting for the renewals under way.</summary>
    public void Dispose() => _ = _context.Keeper.DisposeAsync().AsTask();

    private IPoolDirectoryGrain Directory => _context.Grains.GetGrain<IPoolDirectoryGrain>(IPoolDirectoryGrain.Key);

    private async ValueTask<FabricLease> OpenAsync(LeaseToken token, bool isOwned, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        cancellationToken.ThrowIfCancellationRequested();
        using Activity? activity = PoolTelemetry.Start("open", token.Pool);
        OpenExtent[] extents = await LeaseTaker.ForEachNodeAsync(
            token.Pool, token.Extents, (home, group) => _context.Path.OpenAsync(home, group, cancellationToken));

        // The token's own rights stay: its owner answers with the blocks, not with a better key.
        for (int i = 0; i < extents.Length; i++)
        {
            LeaseExtent named = token.Extents[i];
            if (extents[i].Extent.BlockCount != named.BlockCount) throw PoolErrors.For(OperationStatus.Forged, token.Pool, named.Home, named.Key);
            extents[i] = extents[i] with { Extent = named };
        }

        return new FabricLease(_context, token.Pool, token.Length, token.BlockBytes, extents, isOwned);
    }
}
