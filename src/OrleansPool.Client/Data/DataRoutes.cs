using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansPool.Client.Routing;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;

namespace OrleansPool.Client.Data;

/// <summary>
/// Finds the data connection to a node. Where there is none (the node has no data plane, or its port cannot be reached from here),
/// the caller goes by grain calls; that is logged once for each node, and tried again now and then.
/// </summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class DataRoutes(DataClient client, INodeTopology topology, TimeProvider time, ILogger<DataRoutes> logger) : IDisposable
{
    /// <summary>How long a node that could not be reached is left alone.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>Most lives of nodes that are remembered: past it, those without a connection are forgotten.</summary>
    public const int RouteCountMax = 4096;

    private readonly ConcurrentDictionary<NodeIncarnation, Route> _routes = new();

    /// <summary>The limits of the connections.</summary>
    public Transport.TransportOptions Options => client.Options;

    /// <summary>The connection for a request of some size, if it is there.</summary>
    public DataConnection? TryGet(in NodeId home, int byteCount) =>
        _routes.TryGetValue(home.Incarnation, out Route? route) ? route.Link?.TryGet(LaneFor(byteCount)) : null;

    /// <summary>The connection for a request of some size; null where the caller must go by grain calls.</summary>
    public async ValueTask<DataConnection?> GetAsync(NodeId home, int byteCount, CancellationToken cancellationToken)
    {
        if (TryGet(home, byteCount) is { } connection) return connection;
        if (_routes.Count >= RouteCountMax) ForgetUnconnected();
        Route route = _routes.GetOrAdd(home.Incarnation, static _ => new Route());
        if (time.GetTimestamp() < Volatile.Read(ref route.NotBefore)) return null;
        try
        {
            NodeLink? link = route.Link ?? await FindAsync(home, route, cancellationToken);
            if (link is null) return null;
            connection = await link.GetAsync(LaneFor(byteCount), cancellationToken);
            Volatile.Write(ref route.IsTold, false);
            return connection;
        }
        catch (ConnectionLostException e)
        {
            PutOff(route);

            // All who wait for the same attempt come here at once.
            if (!Interlocked.Exchange(ref route.IsTold, true)) LogUnreachable(home, e.Message);
            if (e.Reason is RefusalReason.WrongIncarnation or RefusalReason.Leaving) Forget(home);
            return null;
        }
    }

    /// <summary>A node is gone.</summary>
    public void Forget(in NodeId home)
    {
        Forget(home.Incarnation);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async ValueTask<NodeLink?> FindAsync(NodeId home, Route route, CancellationToken cancellationToken)
    {
        foreach (NodeLoad load in await topology.GetLoadsAsync(cancellationToken))
        {
            if (load.Node.Incarnation != home.Incarnation || !DataEndpoint.TryParse(load.DataEndpoint, out DataEndpoint endpoint)) continue;
            return route.Link = client.LinkTo(home.Incarnation, endpoint);
        }

        // It may not have told its endpoint yet.
        Volatile.Write(ref route.NotBefore, time.GetTimestamp() + (time.TimestampFrequency / 4));
        return null;
    }

    private void ForgetUnconnected()
    {
        foreach ((NodeIncarnation node, Route route) in _routes)
        {
            if (route.Link is not { } link || (link.TryGet(Lane.Express) ?? link.TryGet(Lane.Bulk)) is null) Forget(node);
        }
    }

    private void Forget(NodeIncarnation node)
    {
        if (_routes.TryRemove(node, out _)) client.Forget(node);
    }

    private void PutOff(Route route) =>
        Volatile.Write(ref route.NotBefore, time.GetTimestamp() + (long)(RetryInterval.TotalSeconds * time.TimestampFrequency));

    private Lane LaneFor(int byteCount) => byteCount <= client.Options.ExpressBytesMax ? Lane.Express : Lane.Bulk;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data plane of node {Node} cannot be reached; its data goes by grain calls, which are slower, and it is tried again now and then. {Reason}")]
    private partial void LogUnreachable(NodeId node, string reason);

    private sealed class Route
    {
        public long NotBefore;

        public bool IsTold;

        public volatile NodeLink? Link;
    }
}
