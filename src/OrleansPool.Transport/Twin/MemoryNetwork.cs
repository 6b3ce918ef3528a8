using System.Collections.Concurrent;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Twin;

/// <summary>
/// The twin of a network, for tests: connections are bounded queues of bytes in this process, which behave as sockets do and go wrong
/// when they are told to. It hands on to its user every connection that is made, so that faults can be set before the first byte.
/// </summary>
/// <param name="bufferBytes">What one direction of a connection holds before it takes no more.</param>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MemoryNetwork(int bufferBytes = MemoryNetwork.BufferBytesDefault) : IDialer
{
    /// <summary>What one direction of a connection holds, as a socket would.</summary>
    public const int BufferBytesDefault = 64 << 10;

    private readonly ConcurrentDictionary<DataEndpoint, MemoryAcceptor> _acceptors = new();
    private int _lastPort;
    private int _linkCount;

    /// <summary>Called with every connection before its first byte.</summary>
    public Action<MemoryLink>? Connected { get; set; }

    /// <summary>Whether it refuses to connect.</summary>
    public bool IsDown { get; set; }

    /// <summary>Begins to listen.</summary>
    /// <param name="host">A name.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public IAcceptor Listen(string host, int port)
    {
        while (true)
        {
            var endpoint = new DataEndpoint(host, port > 0 ? port : Interlocked.Increment(ref _lastPort));
            var acceptor = new MemoryAcceptor(this, endpoint);
            if (_acceptors.TryAdd(endpoint, acceptor)) return acceptor;
            if (port > 0) throw new IOException($"{endpoint} is taken.");
        }
    }

    /// <inheritdoc/>
    public ValueTask<IByteChannel> DialAsync(DataEndpoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsDown || !_acceptors.TryGetValue(endpoint, out MemoryAcceptor? acceptor)) throw Refused(endpoint);
        var link = new MemoryLink($"memory:{Interlocked.Increment(ref _linkCount)}", bufferBytes);
        Connected?.Invoke(link);
        if (!acceptor.TryOffer(link)) throw Refused(endpoint);
        return new(new MemoryChannel(endpoint.ToString(), link.ToClient, link.ToNode));
    }

    internal void Close(MemoryAcceptor acceptor) => _acceptors.TryRemove(new KeyValuePair<DataEndpoint, MemoryAcceptor>(acceptor.Endpoint, acceptor));

    private static IOException Refused(DataEndpoint endpoint) => new($"No connection to {endpoint}: it was refused.");
}
