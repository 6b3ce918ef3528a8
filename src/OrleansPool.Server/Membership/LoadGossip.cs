using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Routing;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Membership;

/// <summary>Tells every other node this node's load, a few times a second, and hears theirs in the answer.</summary>
/// <remarks>Joins the silo's lifecycle: runs while the silo is active.</remarks>
internal sealed partial class LoadGossip(
    NodeHost node, NodeRegistry registry, IGrainFactory grains, IOptions<OrleansPoolOptions> options, TimeProvider time,
    ILogger<LoadGossip> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(LoadGossip), ServiceLifecycleStage.Active,
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

    private async Task RunAsync()
    {
        TimeSpan interval = options.Value.LoadInterval;
        using var timer = new PeriodicTimer(interval, time);
        (long operations, long bytes, _) = node.ReadActivity();
        long measuredAt = time.GetTimestamp();
        try
        {
            do
            {
                (long operationsNow, long bytesNow, _) = node.ReadActivity();
                double seconds = Math.Max(time.GetElapsedTime(measuredAt).TotalSeconds, interval.TotalSeconds);
                registry.Measure((operationsNow - operations) / seconds, (bytesNow - bytes) / seconds);
                (operations, bytes, measuredAt) = (operationsNow, bytesNow, time.GetTimestamp());
                await Task.WhenAll(registry.OtherActiveSilos().Select(TellAsync)).WaitAsync(_stopping.Token);
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task TellAsync(SiloAddress silo)
    {
        try
        {
            NodeLoad load = await NodeKey.Control(grains, silo).ExchangeLoadAsync(registry.OwnLoad).WaitAsync(options.Value.LoadInterval * 4, time);
            registry.Hear(load);
        }
        catch (Exception e)
        {
            // A node that does not answer keeps its last load until membership decides about it.
            LogSilent(silo, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Node {Silo} did not answer with its load: {Reason}")]
    private partial void LogSilent(SiloAddress silo, string reason);
}
