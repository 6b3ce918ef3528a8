using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Nodes;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.DataPlane;

/// <summary>
/// The node's data port in the silo's life: bound before the silo is active, so that nobody is told of it before it answers; drained while
/// the silo is still active, so that clients learn where else to go.
/// </summary>
internal sealed class DataPort(NodeHost node, NodeDataService service, IOptions<OrleansPoolOptions> options, ILogger<DataListener> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private DataListener? _listener;

    /// <summary>The listener, while it is there.</summary>
    public DataListener? Listener => _listener;

    public void Participate(ISiloLifecycle observer)
    {
        observer.Subscribe(nameof(DataPort), ServiceLifecycleStage.RuntimeGrainServices, Bind, _ => CloseAsync());
        observer.Subscribe($"{nameof(DataPort)} drain", ServiceLifecycleStage.Active, _ => Task.CompletedTask, DrainAsync);
    }

    private Task Bind(CancellationToken cancellationToken)
    {
        OrleansPoolOptions settings = options.Value;
        if (!settings.ServesData) return Task.CompletedTask;
        IPAddress address = settings.DataAddress is { } text ? IPAddress.Parse(text) : node.Id.Silo.Endpoint.Address;
        string advertised = settings.DataAdvertisedHost ?? node.Id.Silo.Endpoint.Address.ToString();
        _listener = new DataListener(
            new SocketAcceptor(address, settings.DataPort, DataSecurity.OfServer(settings), advertised), service, settings.DataPlane, logger);
        node.DataListener = _listener;
        return Task.CompletedTask;
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        node.DataListener = null;
        if (_listener is null) return;
        try
        {
            await _listener.DrainAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The silo may not wait for longer; what is under way is asked again elsewhere.
        }
    }

    private async Task CloseAsync()
    {
        if (_listener is not null) await _listener.DisposeAsync();
    }
}
