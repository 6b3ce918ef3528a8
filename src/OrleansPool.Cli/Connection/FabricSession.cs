namespace OrleansPool.Cli.Connection;

/// <summary>A connection to a fabric.</summary>
internal sealed class FabricSession(IMemoryFabric fabric, IAsyncDisposable connection) : IAsyncDisposable
{
    public IMemoryFabric Fabric => fabric;

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
