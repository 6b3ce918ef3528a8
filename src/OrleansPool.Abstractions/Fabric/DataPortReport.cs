namespace OrleansPool;

/// <summary>What one node's data port serves.</summary>
/// <param name="Endpoint">Where it listens, as host:port: what others are told to connect to.</param>
/// <param name="ConnectionCount">Connections that are served now. A process that moves bytes has one or two to each node.</param>
/// <param name="AdmittedCount">Connections that were served since the node started.</param>
/// <param name="RefusedCount">Connections that were turned away since then: a wrong key, no certificate, too many, too slow, or no greeting that makes sense.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.DataPortReport")]
public sealed record DataPortReport(
    [property: Id(0)] string Endpoint,
    [property: Id(1)] int ConnectionCount,
    [property: Id(2)] long AdmittedCount,
    [property: Id(3)] long RefusedCount);
