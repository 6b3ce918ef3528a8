using OrleansPool.Client.Leases;
using OrleansPool.Client.Ranges;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;
using OrleansPool.Server.Membership;

namespace OrleansPool.Server.Regions;

/// <summary>What regions do with memory: take it, keep it, look it up, give it back, and tell which of it was lost.</summary>
/// <remarks>Thread-safe; shared by all region grains of the silo.</remarks>
internal sealed class RegionMemory(ISegmentPath path, NodeRegistry registry, TimeProvider time)
{
    private const int ZeroBytes = 256 << 10;

    private static readonly byte[] Zeros = new byte[ZeroBytes];

    private readonly LeaseTaker _taker = new(path, registry, time);
    private readonly RangeAccess _access = new(path);

    /// <summary>The catalog bucket of a name (FNV-1a, the same on every silo).</summary>
    public static long BucketOf(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name) hash = (hash ^ c) * 16777619;
        return hash % IRegionCatalogGrain.BucketCount;
    }

    public static long CapacityOf(RegionState state) => state.Extents.Sum(extent => (long)extent.BlockCount * state.BlockBytes);

    /// <summary>The extents that a shorter region needs; the others go to <paramref name="dropped"/>.</summary>
    public static List<LeaseExtent> Cut(RegionState state, long bytes, List<LeaseExtent> dropped)
    {
        List<LeaseExtent> needed = [];
        long start = 0;
        foreach (LeaseExtent extent in state.Extents)
        {
            (start < bytes ? needed : dropped).Add(extent);
            start += (long)extent.BlockCount * state.BlockBytes;
        }

        return needed;
    }

    /// <summary>The bytes whose node is gone.</summary>
    /// <param name="state">The region.</param>
    /// <param name="isLost">Tells of the number of an extent whether it is lost.</param>
    public static List<LostRange> LostRanges(RegionState state, Func<int, bool> isLost)
    {
        List<LostRange> lost = [];
        long start = 0;
        for (int i = 0; i < state.Extents.Count; i++)
        {
            LeaseExtent extent = state.Extents[i];
            long bytes = Math.Min((long)extent.BlockCount * state.BlockBytes, state.Length - start);
            if (isLost(i)) lost.Add(new LostRange(start, bytes, extent.Home));
            start += bytes;
        }

        return lost;
    }

    /// <summary>Whether membership says that a node is gone.</summary>
    public bool IsLost(NodeId home) => registry.StatusOf(home) is NodeStatus.Dead or NodeStatus.Unknown;

    public ValueTask<TakenLease> TakeAsync(string pool, long bytes, string region, TimeSpan duration)
    {
        string owner = region.Length <= LeaseOptions.OwnerLengthMax ? region : region[..LeaseOptions.OwnerLengthMax];
        var request = new LeaseRequest(pool, bytes, duration, owner) { Trace = PoolTelemetry.CurrentTrace, IsForRegion = true };
        return _taker.TakeAsync(request, LeaseFallback.OtherNodes, CancellationToken.None);
    }

    /// <summary>Gives extents back; those whose node is gone have nothing to give.</summary>
    public ValueTask ReleaseAsync(IReadOnlyList<LeaseExtent> extents) =>
        _taker.ReleaseAsync([.. extents.Where(extent => !IsLost(extent.Home))]);

    /// <summary>
    /// Looks the extents up, keeping them if asked to. An extent whose node is gone, or does not have it any more, is lost: it has no runs.
    /// </summary>
    /// <returns>The page table, and whether a living node refused an extent: then the caller's state may be an old one.</returns>
    public async Task<(PageTable Table, bool IsRefused)> OpenAsync(string name, RegionState state, bool keep)
    {
        var opened = new OpenExtent[state.Extents.Count];
        bool isRefused = false;
        foreach (IGrouping<NodeId, int> group in Enumerable.Range(0, opened.Length).GroupBy(i => state.Extents[i].Home))
        {
            int[] indices = [.. group];
            LeaseExtent[] extents = Array.ConvertAll(indices, i => state.Extents[i]);
            ExtentReply[]? replies = IsLost(group.Key) ? null : await AskAsync(group.Key, extents, name, keep);
            for (int n = 0; n < indices.Length; n++)
            {
                LeaseExtent extent = extents[n];
                OperationStatus status = replies?[n].Status ?? OperationStatus.Lost;
                bool isGone = status is OperationStatus.Expired or OperationStatus.Fenced or OperationStatus.NoSegment or OperationStatus.Lost;
                if (!isGone) PoolErrors.ThrowIfNotOk(status, state.Pool, group.Key, extent.Key);
                isRefused |= isGone && replies is not null;
                opened[indices[n]] = replies?[n].Extent ?? new OpenExtent(extent, default, TimeSpan.MaxValue, []);
            }
        }

        LostRange[] lost = [.. LostRanges(state, i => opened[i].Runs.Length == 0)];
        return (new PageTable(name, state.Pool, state.Version, state.Length, state.BlockBytes, opened, lost, state.Id), isRefused);
    }

    /// <summary>Zeroes bytes of a region.</summary>
    public async ValueTask ZeroAsync(RegionState state, long from, long to)
    {
        if (from >= to) return;
        (PageTable table, _) = await OpenAsync("", state, keep: false);
        var map = new ExtentMap(table.Extents, state.BlockBytes, CapacityOf(state), path);
        for (long at = from; at < to; at += ZeroBytes)
        {
            await _access.WriteAsync(state.Pool, map, at, Zeros.AsMemory(0, (int)Math.Min(ZeroBytes, to - at)), CancellationToken.None);
        }
    }

    /// <summary>Asks a node about extents; null where it turned out to be gone.</summary>
    private async ValueTask<ExtentReply[]?> AskAsync(NodeId home, LeaseExtent[] extents, string region, bool keep)
    {
        try
        {
            return keep
                ? await path.KeepAsync(home, extents, region, CancellationToken.None)
                : await path.OpenAsync(home, extents, CancellationToken.None);
        }
        catch (PoolDataLossException)
        {
            return null;
        }
    }
}
