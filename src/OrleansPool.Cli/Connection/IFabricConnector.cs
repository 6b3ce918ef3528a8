namespace OrleansPool.Cli.Connection;

/// <summary>Connects to a fabric.</summary>
internal interface IFabricConnector
{
    /// <exception cref="NotConnectedException">No silo answers.</exception>
    Task<FabricSession> ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken);
}
