using System.Net;
using System.Text;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Client;
using OrleansPool.Transport.Server;
using OrleansPool.Transport.Twin;

namespace OrleansPool.Transport.Tests.Fakes;

/// <summary>A node that listens and a client, over either kind of network. At its end nothing may be left of either.</summary>
internal sealed class Plane : IAsyncDisposable
{
    private readonly List<DataConnection> _connections = [];

    public Plane(NetworkKind kind, TransportOptions? options = null, TransportOptions? clientOptions = null, MemoryNetwork? network = null)
    {
        Kind = kind;
        Options = options ?? new TransportOptions();
        Network = network ?? new MemoryNetwork();
        Dialer = kind == NetworkKind.Twin ? Network : new SocketDialer();
        Listener = Listen(port: 0);
        Endpoint = Listener.Endpoint;
        Client = new DataClient(Dialer, "test", () => Encoding.UTF8.GetBytes("tester"), clientOptions ?? Options);
    }

    public NetworkKind Kind { get; }

    public TransportOptions Options { get; }

    public MemoryNetwork Network { get; }

    public IDialer Dialer { get; }

    public FakeNode Node { get; set; } = new();

    public LogCollector Log { get; } = new();

    public DataListener Listener { get; private set; }

    public DataEndpoint Endpoint { get; }

    public DataClient Client { get; }

    public NodeLink Link => Client.LinkTo(Node.Node, Endpoint);

    /// <summary>Whatever happened to others, this connection is served well.</summary>
    public static async Task ServesAsync(DataConnection connection)
    {
        byte[] destination = new byte[64];
        for (ulong tag = 1; tag <= 20; tag++)
        {
            await connection.ReadAsync(Ask.Tagged(tag, destination.Length), destination, CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
            Assert.True(Ask.IsTagged(destination, tag));
        }
    }

    public async Task<DataConnection> ConnectAsync(Lane lane = Lane.Express)
    {
        DataConnection connection = await Link.GetAsync(lane, CancellationToken.None).AsTask().WaitAsync(Eventually.Patience);
        lock (_connections)
        {
            if (!_connections.Contains(connection)) _connections.Add(connection);
        }

        return connection;
    }

    /// <summary>A peer that says what the test tells it to.</summary>
    public async Task<RawPeer> DialRawAsync() => new(await Dialer.DialAsync(Endpoint, CancellationToken.None));

    /// <summary>A line about it stands in the log, for whoever runs the node.</summary>
    public Task IsLoggedAsync(string part) => Eventually.IsTrue(
        () => Log.Lines.Any(line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && line.Message.Contains(part, StringComparison.Ordinal)),
        $"a warning tells of '{part}'");

    /// <summary>It is counted.</summary>
    public Task CountsAsync(Func<ListenerCounters, long> counter, long count) =>
        Eventually.IsTrue(() => counter(Listener.Counters) == count, $"the counter stands at {count}");

    public Task StopNodeAsync() => Listener.DisposeAsync().AsTask();

    /// <summary>The node is there again, at the same endpoint.</summary>
    public void RestartNode(FakeNode? node = null)
    {
        Node = node ?? Node;
        Listener = Listen(Endpoint.Port);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (DataConnection connection in _connections)
        {
            await Eventually.IsTrue(() => connection.OutstandingCount == 0, $"no place of the connection is taken, but {connection.OutstandingCount} are");
        }

        await Listener.DisposeAsync();
        await Eventually.IsTrue(() => Listener.ConnectionCount == 0, "the listener has no connections");
    }

    private DataListener Listen(int port) =>
        new(Kind == NetworkKind.Twin ? Network.Listen("node", port) : new SocketAcceptor(IPAddress.Loopback, port), Node, Options, Log);
}
