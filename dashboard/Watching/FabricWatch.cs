using Microsoft.Extensions.Logging;
using OrleansPool.Client.Routing;

namespace OrleansPool.Dashboard.Watching;

/// <summary>
/// Looks at the fabric, at most once an interval and only while somebody watches: all viewers share one reading. When the cluster does
/// not answer, the last picture stays, with the time since.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class FabricWatch(IMemoryFabric fabric, INodeTopology topology, TimeProvider time, ILogger<FabricWatch> logger)
{
    /// <summary>How old a picture may be.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How many leases of each order are shown.</summary>
    public const int LeaseCount = 10;

    /// <summary>How many moments are remembered.</summary>
    public const int HistoryCountMax = 60;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RegionInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private FabricSnapshot _last = FabricSnapshot.Nothing;
    private Task<FabricSnapshot>? _reading;
    private Task<IReadOnlyList<RegionInfo>>? _regionReading;
    private IReadOnlyList<RegionInfo>? _regions;
    private long _regionsReadAt;
    private long? _silentSince;

    /// <summary>The picture as it is known, without asking.</summary>
    public FabricSnapshot Last => Volatile.Read(ref _last);

    /// <summary>A picture that is not older than the interval.</summary>
    public Task<FabricSnapshot> ReadAsync()
    {
        lock (_lock)
        {
            if (_reading is { IsCompleted: false }) return _reading;
            if (_last.ReadAt != 0 && time.GetElapsedTime(_last.ReadAt) < Interval / 2) return Task.FromResult(_last);
            return _reading = Task.Run(TakeAsync);
        }
    }

    private async Task<FabricSnapshot> TakeAsync()
    {
        FabricSnapshot taken;
        try
        {
            taken = await AskAsync();
            _silentSince = null;
        }
        catch (Exception e)
        {
            LogSilent(e.Message);
            _silentSince ??= time.GetTimestamp();
            taken = _last with { ReadAt = time.GetTimestamp(), SilentFor = time.GetElapsedTime(_silentSince.Value) };
        }

        Volatile.Write(ref _last, taken);
        return taken;
    }

    private async Task<FabricSnapshot> AskAsync()
    {
        using var limit = new CancellationTokenSource(AnswerMax, time);
        Task<FabricReport> report = fabric.DescribeAsync(limit.Token).AsTask();
        Task<IReadOnlyList<NodeLoad>> loads = topology.GetLoadsAsync(limit.Token).AsTask();
        Task<IReadOnlyList<LeaseInfo>> largest = fabric.ListLeasesAsync(new LeaseQuery(LeaseOrder.Largest, LeaseCount), limit.Token).AsTask();
        Task<IReadOnlyList<LeaseInfo>> oldest = fabric.ListLeasesAsync(new LeaseQuery(LeaseOrder.Oldest, LeaseCount), limit.Token).AsTask();
        await Task.WhenAll(report, loads, largest, oldest);
        await ReadRegionsAsync();
        var snapshot = new FabricSnapshot(
            await report, (await loads).ToDictionary(load => load.Node), await largest, await oldest, _regions, [], time.GetTimestamp(), null);
        return snapshot with { History = [.. _last.History.TakeLast(HistoryCountMax - 1), PointOf(snapshot)] };
    }

    /// <summary>Regions are asked one by one, so less often, and what is late is shown the next time.</summary>
    private async Task ReadRegionsAsync()
    {
        if (_regionReading is null && _regions is not null && time.GetElapsedTime(_regionsReadAt) < RegionInterval) return;
        Task<IReadOnlyList<RegionInfo>> reading = _regionReading ??= fabric.ListRegionsAsync().AsTask();
        try
        {
            _regions = await reading.WaitAsync(Interval / 2, time);
            _regionsReadAt = time.GetTimestamp();
            _regionReading = null;
        }
        catch (TimeoutException) when (!reading.IsCompleted)
        {
            // Shown with one of the next pictures.
        }
        catch (Exception e)
        {
            LogSilent(e.Message);
            _regionReading = null;
        }
    }

    private static ActivityPoint PointOf(FabricSnapshot snapshot) => new(
        snapshot.Loads.Values.Sum(load => load.OperationsPerSecond), snapshot.Loads.Values.Sum(load => load.BytesPerSecond),
        snapshot.Nodes.Sum(node => node.LeasedBytes), snapshot.Exhaustions);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The cluster did not answer the dashboard: {Reason}")]
    private partial void LogSilent(string reason);
}
