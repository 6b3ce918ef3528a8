namespace OrleansPool.Simulation.Scale;

/// <summary>What was counted in a cluster of one size.</summary>
internal sealed record TrafficReport(IReadOnlyList<OperationTraffic> Operations, BackgroundTraffic Background, IReadOnlyList<string> Complaints);
