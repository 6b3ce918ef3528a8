using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Storage;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Silo.Health;

/// <summary>
/// Whether this silo can serve: it is an active member, its memory is mapped, and the storage of names answers. Memory that is nearly
/// full is told as degraded: the silo serves, but not for long.
/// </summary>
internal sealed class NodeHealthCheck(NodeHost node, ISiloStatusOracle membership, IServiceProvider services) : IHealthCheck
{
    private const double FreeRatioMin = 0.05;

    private static readonly GrainId Probe = GrainId.Create("orleanspool-health", "probe");

    private readonly IGrainStorage _storage = services.GetRequiredKeyedService<IGrainStorage>(OrleansPoolOptions.StorageName);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        NodeReport report = node.Describe();
        Dictionary<string, object> data = new()
        {
            ["silo"] = membership.CurrentStatus.ToString(),
            ["capacityBytes"] = report.CapacityBytes,
            ["freeBytes"] = report.FreeBytes,
            ["leasedBytes"] = report.LeasedBytes,
        };
        if (membership.CurrentStatus != SiloStatus.Active)
        {
            return HealthCheckResult.Unhealthy($"The silo is {membership.CurrentStatus}, not active.", data: data);
        }

        try
        {
            await _storage.ReadStateAsync("health", Probe, new GrainState<object>()).WaitAsync(cancellationToken);
        }
        catch (Exception e)
        {
            return HealthCheckResult.Unhealthy($"The storage of names does not answer: {e.Message}", data: data);
        }

        return report.FreeBytes < report.CapacityBytes * FreeRatioMin
            ? HealthCheckResult.Degraded($"{ByteSize.Format(report.FreeBytes)} of {ByteSize.Format(report.CapacityBytes)} are free.", data: data)
            : HealthCheckResult.Healthy(data: data);
    }
}
