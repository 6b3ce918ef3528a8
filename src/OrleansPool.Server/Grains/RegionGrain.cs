using OrleansPool.Client.Leases;
using OrleansPool.Client.Routing;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Placement;
using OrleansPool.Server.Regions;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Grains;

/// <summary>
/// One region's page table. Growing: ALLOC with a duration, write the page table under its ETag, KEEP, answer; so memory that is
/// kept is always listed, and memory that was leased for a write that failed runs out by itself.
/// </summary>
/// <remarks>
/// Two activations at once are harmless: the ETag lets one of them write, and the other deactivates. What the table says about
/// nodes that died is worked out at every call, not stored.
/// </remarks>
[PoolLoadPlacement]
internal sealed class RegionGrain : Grain, IRegionGrain
{
    /// <summary>How long memory is leased while the page table is being written.</summary>
    private static readonly TimeSpan ProvisionalDuration = TimeSpan.FromMinutes(2);

    /// <summary>Most pieces of memory that a region may consist of. Each growth adds at least one.</summary>
    private const int ExtentCountMax = 4096;

    private readonly VersionedStore<RegionState> _store;
    private readonly RegionMemory _memory;
    private readonly VolatileNames _volatileNames;
    private bool _isKept;

    public RegionGrain(
        [PersistentState("region", OrleansPoolOptions.StorageName)] IPersistentState<RegionState> state, RegionMemory memory,
        VolatileNames volatileNames)
    {
        _store = new VersionedStore<RegionState>(state, "page table");
        _memory = memory;
        _volatileNames = volatileNames;
    }

    private string Name => this.GetPrimaryKeyString();

    private IRegionCatalogGrain Catalog => GrainFactory.GetGrain<IRegionCatalogGrain>(RegionMemory.BucketOf(Name));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_store.Current.IsDeleted) await FinishDeleteAsync();
    }

    public async Task<PageTable?> OpenAsync()
    {
        _volatileNames.ThrowIfRefused();
        return _store.Current.Exists ? await TableAsync() : null;
    }

    public async Task<PageTable> CreateAsync(string pool, long bytes)
    {
        _volatileNames.ThrowIfRefused();
        PoolNames.ValidateRegion(Name);
        PoolNames.ValidatePool(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        if (_store.Current.IsDeleted) await FinishDeleteAsync();
        if (_store.Current.Exists && await TableAsync() is { } existing) return existing;

        await Catalog.AddAsync(Name);
        TakenLease taken;
        try
        {
            taken = await _memory.TakeAsync(pool, bytes, Name, ProvisionalDuration);
        }
        catch
        {
            await ForgetNameAsync();
            throw;
        }

        RegionState next = _store.Current.Next();
        next.Id = Guid.NewGuid();
        next.Pool = pool;
        next.Length = bytes;
        next.BlockBytes = taken.BlockBytes;
        next.Extents = [.. taken.Extents.Select(extent => extent.Extent)];
        await CommitAsync(next);
        return await TableAsync() ?? throw PoolErrors.NoRegion(Name);
    }

    public async Task<PageTable> ResizeAsync(Guid id, long bytes)
    {
        _volatileNames.ThrowIfRefused();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        RegionState current = _store.Current;
        if (!current.Exists || current.Id != id) throw PoolErrors.NoRegion(Name);
        RegionState next = current.Next();
        next.Length = bytes;
        List<LeaseExtent> dropped = [];
        if (bytes > current.Length)
        {
            await GrowAsync(current, next, bytes);
        }
        else
        {
            next.Extents = RegionMemory.Cut(current, bytes, dropped);
        }

        await CommitAsync(next);
        await _memory.ReleaseAsync(dropped);
        return await TableAsync() ?? throw PoolErrors.NoRegion(Name);
    }

    public async Task<PageTable> GrowAsync(Guid id, long bytes)
    {
        RegionState current = _store.Current;
        bool isLongEnough = current.Exists && current.Id == id && bytes > 0 && bytes <= current.Length;
        return isLongEnough && await TableAsync() is { } table ? table : await ResizeAsync(id, bytes);
    }

    public async Task<bool> DeleteAsync()
    {
        _volatileNames.ThrowIfRefused();
        if (_store.Current.Version == 0)
        {
            // What a creation that was cut short may have left.
            await Catalog.RemoveAsync(Name);
            return false;
        }

        bool existed = _store.Current.Exists;
        if (existed)
        {
            RegionState tombstone = _store.Current.Next();
            tombstone.IsDeleted = true;
            await CommitAsync(tombstone);

            // Not awaited: its locks are of an id that never comes back, so they harm nobody even if they are not told.
            GrainFactory.GetGrain<IRegionLockGrain>(Name).EndAsync(tombstone.Id).Ignore();
        }

        await FinishDeleteAsync();
        return existed;
    }

    public async Task<LeaseExtent[]> FindOrphansAsync(LeaseExtent[] kept)
    {
        if (_store.Current.Exists && !_isKept) await TryKeepAsync();
        LeaseExtent[] orphans = NotListed(kept);
        if (orphans.Length == 0) return orphans;

        // Memory is freed on this answer, and this activation may be the older of two: only storage knows what is listed.
        await _store.ReadAsync();
        _isKept = false;
        return NotListed(kept);
    }

    public Task<RegionInfo?> DescribeAsync()
    {
        RegionState state = _store.Current;
        if (!state.Exists) return Task.FromResult<RegionInfo?>(null);
        long lost = RegionMemory.LostRanges(state, i => _memory.IsLost(state.Extents[i].Home)).Sum(range => range.Bytes);
        NodeId[] nodes = [.. state.Extents.Select(extent => extent.Home).Distinct()];
        return Task.FromResult<RegionInfo?>(new RegionInfo(Name, state.Pool, state.Length, lost, nodes));
    }

    private LeaseExtent[] NotListed(LeaseExtent[] kept)
    {
        HashSet<(SegmentId, int, ulong)> listed = [];
        if (_store.Current.Exists)
        {
            foreach (LeaseExtent extent in _store.Current.Extents) listed.Add(Identity(extent));
        }

        return Array.FindAll(kept, extent => !listed.Contains(Identity(extent)));

        static (SegmentId, int, ulong) Identity(LeaseExtent extent) => (extent.Segment, extent.Key.Head, extent.Key.Generation);
    }

    private async Task GrowAsync(RegionState current, RegionState next, long bytes)
    {
        long have = RegionMemory.CapacityOf(current);

        // What an earlier, longer life of the last extent left there must not come back.
        await _memory.ZeroAsync(current, current.Length, Math.Min(bytes, have));
        if (bytes <= have) return;
        TakenLease taken = await _memory.TakeAsync(current.Pool, bytes - have, Name, ProvisionalDuration);
        if (taken.BlockBytes != current.BlockBytes)
        {
            await _memory.ReleaseAsync([.. taken.Extents.Select(extent => extent.Extent)]);
            throw new PoolConfigurationException(
                $"Region '{Name}' has blocks of {current.BlockBytes} bytes and pool '{current.Pool}' now has blocks of {taken.BlockBytes}. Make a new region and copy.", current.Pool);
        }

        next.Extents = [.. current.Extents, .. taken.Extents.Select(extent => extent.Extent)];
        if (next.Extents.Count <= ExtentCountMax) return;
        await _memory.ReleaseAsync([.. taken.Extents.Select(extent => extent.Extent)]);
        throw new PoolQuotaExceededException(
            $"Region '{Name}' would consist of {next.Extents.Count} pieces of memory, and may of at most {ExtentCountMax}. Grow by more at once: make a new region, copy, and delete this one.",
            current.Pool, bytes, have);
    }

    /// <summary>Writes a page table and keeps what it lists.</summary>
    private async Task CommitAsync(RegionState next)
    {
        try
        {
            await _store.WriteAsync(next);
        }
        catch
        {
            // This activation may be the older of two. Its next call begins with what storage says.
            DeactivateOnIdle();
            throw;
        }

        _isKept = false;
    }

    /// <summary>Frees, clears, and only then takes the name off the list: a region made anew keeps its own.</summary>
    private async Task FinishDeleteAsync()
    {
        try
        {
            await _memory.ReleaseAsync(_store.Current.Extents);
            await _store.ClearAsync();
            await Catalog.RemoveAsync(Name);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>A listed name may have no region; deleting it takes it off the list.</summary>
    private async Task ForgetNameAsync()
    {
        try
        {
            await Catalog.RemoveAsync(Name);
        }
        catch (PoolException)
        {
            // The error that led here says more.
        }
    }

    /// <summary>Keeps what is listed, where the activation that listed it did not come to it.</summary>
    private async Task TryKeepAsync()
    {
        try
        {
            await TableAsync();
        }
        catch (PoolException)
        {
            // A node that does not answer now is asked again at the next sweep.
        }
    }

    /// <summary>
    /// The page table for clients, or null where it turns out that there is none. Every listed extent is kept before the table is
    /// given out.
    /// </summary>
    private async Task<PageTable?> TableAsync()
    {
        RegionState state = _store.Current;
        (PageTable table, bool isRefused) = await _memory.OpenAsync(Name, state, keep: !_isKept);
        if (isRefused)
        {
            // This activation may be the older of two, and the memory given back since: storage knows.
            await _store.ReadAsync();
            if (!_store.Current.Exists) return null;
            if (_store.Current.Writer != state.Writer) (table, _) = await _memory.OpenAsync(Name, _store.Current, keep: true);
        }

        _isKept = true;
        return table;
    }
}
