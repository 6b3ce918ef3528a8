using System.Collections.Concurrent;
using System.Security.Cryptography;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>A process's connections to the nodes of one cluster.</summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DataClient : IDisposable
{
    private readonly IDialer _dialer;
    private readonly string _cluster;
    private readonly Func<ReadOnlyMemory<byte>> _credentials;
    private readonly TransportOptions _options;
    private readonly ReaderThreads _readers;
    private readonly ConcurrentDictionary<NodeIncarnation, NodeLink> _links = new();
    private readonly NodeIncarnation _self = new(new UInt128(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))));

    /// <summary>Makes the client; it connects when it is asked something.</summary>
    /// <param name="dialer">Makes channels.</param>
    /// <param name="cluster">The cluster that is meant.</param>
    /// <param name="credentials">What the process shows of itself, asked for each connection; at most <see cref="Hello.CredentialBytesMax"/>.</param>
    /// <param name="options">The limits.</param>
    public DataClient(IDialer dialer, string cluster, Func<ReadOnlyMemory<byte>> credentials, TransportOptions options)
    {
        _dialer = dialer;
        _cluster = cluster;
        _credentials = credentials;
        _options = options;
        _readers = new ReaderThreads(options);
    }

    /// <summary>The limits.</summary>
    public TransportOptions Options => _options;

    /// <summary>Threads that wait for answers now.</summary>
    internal int ReaderThreadCount => _readers.ThreadCount;

    /// <summary>Whether a thread looks after those.</summary>
    internal bool IsWatching => _readers.IsWatching;

    /// <summary>The way to a node.</summary>
    public NodeLink LinkTo(NodeIncarnation node, DataEndpoint endpoint)
    {
        while (true)
        {
            NodeLink link = _links.GetOrAdd(node, static (node, state) => new NodeLink(state.Self, state.Endpoint, node), (Self: this, Endpoint: endpoint));
            if (link.Endpoint == endpoint) return link;
            if (_links.TryRemove(new KeyValuePair<NodeIncarnation, NodeLink>(node, link))) link.Dispose();
        }
    }

    /// <summary>A node is gone: its connections end.</summary>
    public void Forget(NodeIncarnation node)
    {
        if (_links.TryRemove(node, out NodeLink? link)) link.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NodeIncarnation node in _links.Keys) Forget(node);
    }

    internal async Task<DataConnection> ConnectAsync(DataEndpoint endpoint, NodeIncarnation node, Lane lane)
    {
        using var time = new CancellationTokenSource(_options.HandshakeMax);
        IByteChannel? channel = null;
        try
        {
            channel = await _dialer.DialAsync(endpoint, time.Token).ConfigureAwait(false);
            byte[] hello = new Hello(_cluster, node, _self, lane, WireFeatures.None, _credentials()).ToFrame();
            if (!await channel.SendAsync(hello, time.Token).ConfigureAwait(false)) throw new HandshakeException(RefusalReason.Unknown, "the node went away during the handshake");
            byte[] frame = await Handshake.ReceiveAsync(channel, Hello.FrameBytesMax, time.Token).ConfigureAwait(false);
            FrameHeader.TryRead(frame, Hello.FrameBytesMax, out FrameHeader header);
            ReadOnlySpan<byte> fields = frame.AsSpan(FrameHeader.Size, header.FieldsLength);
            if (header.Type == FrameType.Refusal)
            {
                Refusal refusal = Refusal.Read(fields);
                throw new HandshakeException(refusal.Reason, refusal.Message);
            }

            if (header.Type != FrameType.Welcome || !Welcome.TryRead(fields, out Welcome? welcome)) throw new HandshakeException(RefusalReason.Malformed, "the node's greeting makes no sense");
            if (node.Value != 0 && welcome.Node != node) throw new HandshakeException(RefusalReason.WrongIncarnation, "another node answers there");
            var connection = new DataConnection(channel, lane, welcome, _options, _readers);
            channel = null;
            return connection;
        }
        catch (OperationCanceledException)
        {
            throw new HandshakeException(RefusalReason.TooSlow, $"it did not answer within {_options.HandshakeMax.TotalSeconds} s");
        }
        finally
        {
            channel?.Dispose();
        }
    }

    /// <summary>How many milliseconds to wait before the next attempt.</summary>
    internal long BackOff(int failureCount) => BackOff(_options, failureCount, Random.Shared.NextDouble());

    /// <summary>On average doubling with each failure, up to a bound, and drawn from half to one and a half times that.</summary>
    /// <param name="options">The first wait and the bound.</param>
    /// <param name="failureCount">How many attempts failed before the last one.</param>
    /// <param name="draw">From 0 to 1.</param>
    internal static long BackOff(TransportOptions options, int failureCount, double draw)
    {
        double mean = Math.Min(options.BackOffMax.TotalMilliseconds, options.BackOffFirst.TotalMilliseconds * Math.Pow(2, Math.Min(failureCount, 20)));
        return (long)(mean * (0.5 + draw));
    }
}
