using OrleansPool.Core.Counting;

namespace OrleansPool.Server.Telemetry;

/// <summary>What this process did to the memory of its own node, without a call.</summary>
internal sealed class LocalCounters
{
    public StripedCounter Reads { get; } = new();

    public StripedCounter Writes { get; } = new();
}
