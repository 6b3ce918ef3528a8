using System.Net;

namespace OrleansPool.Cli.Connection;

/// <summary>Where the fabric is.</summary>
/// <param name="Gateways">Gateways of its silos.</param>
/// <param name="ClusterId">The cluster's id.</param>
/// <param name="Data">What its data ports ask for.</param>
/// <param name="Verbose">Whether to log.</param>
internal sealed record ConnectionSettings(IPEndPoint[] Gateways, string ClusterId, DataSettings Data, bool Verbose)
{
    public const string GatewayDefault = "127.0.0.1:30000";
    public const string ClusterDefault = "orleanspool";
}
