using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Regions;

/// <summary>
/// Frees memory that is kept for a region whose page table does not list it: what a delete or a shrink that was cut short left
/// behind. An extent is freed when two rounds in a row found it orphaned.
/// </summary>
internal sealed partial class OrphanSweep(
    NodeHost node, IGrainFactory grains, IOptions<OrleansPoolOptions> options, TimeProvider time, ILogger<OrphanSweep> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _stopping = new();
    private HashSet<LeaseExtent> _suspects = [];
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(OrphanSweep), ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = Task.Run(RunAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stopping.CancelAsync();
            await _loop;
        });

    /// <summary>One round.</summary>
    public async Task SweepAsync()
    {
        HashSet<LeaseExtent> orphans = [];
        foreach (var group in (await node.ListKeptAsync()).GroupBy(kept => kept.Region, kept => kept.Extent))
        {
            try
            {
                orphans.UnionWith(await grains.GetGrain<IRegionGrain>(group.Key).FindOrphansAsync([.. group]));
            }
            catch (Exception e)
            {
                // Without an answer nothing is an orphan; the next round asks again.
                LogNoAnswer(group.Key, e.Message);
            }
        }

        foreach (LeaseExtent orphan in orphans.Where(_suspects.Contains))
        {
            await node.EndOrRenewAsync(orphan, OperationKind.Free);
            LogFreed(orphan.Key.Id, orphan.BlockCount);
        }

        _suspects = orphans;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.Value.OrphanInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token)) await SweepAsync().WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region '{Region}' did not say which memory it lists: {Reason}")]
    private partial void LogNoAnswer(string region, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Freed lease {Lease} of {Blocks} blocks: no page table lists it")]
    private partial void LogFreed(LeaseId lease, int blocks);
}
