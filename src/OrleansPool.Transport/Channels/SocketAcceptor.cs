using System.Net;
using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>Listens by TCP, and secures the connections where it is told how.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SocketAcceptor : IAcceptor
{
    private const int BacklogMax = 512;

    private readonly Socket _socket;
    private readonly ServerSecurity? _security;

    /// <summary>Begins to listen.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="security">How connections are secured; null for plain TCP.</param>
    /// <param name="advertisedHost">The host that others are told; null for the address.</param>
    /// <exception cref="IOException">The port is taken, or the address is not this machine's.</exception>
    public SocketAcceptor(IPAddress address, int port, ServerSecurity? security = null, string? advertisedHost = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        _security = security;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(address, port));
            _socket.Listen(BacklogMax);
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new IOException($"The data plane cannot listen on {address}:{port}: {e.Message}. Choose another port, or 0 for any that is free.", e);
        }

        Endpoint = new DataEndpoint(advertisedHost ?? address.ToString(), ((IPEndPoint)_socket.LocalEndPoint!).Port);
    }

    /// <inheritdoc/>
    public DataEndpoint Endpoint { get; }

    /// <inheritdoc/>
    public async ValueTask<IIncoming?> AcceptAsync()
    {
        while (true)
        {
            try
            {
                return new Incoming(await _socket.AcceptAsync().ConfigureAwait(false), _security);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return null;
            }
            catch (SocketException)
            {
                // One that went away before it was accepted, or no file handles: the listener goes on.
                await Task.Delay(TimeSpan.FromMilliseconds(10)).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private sealed class Incoming(Socket socket, ServerSecurity? security) : IIncoming
    {
        private bool _isHandedOn;

        public string RemoteName { get; } = socket.RemoteEndPoint?.ToString() ?? "(unknown)";

        public async ValueTask<IByteChannel> OpenAsync(CancellationToken cancellationToken)
        {
            IByteChannel channel = security is null ? new SocketChannel(socket, RemoteName) : await security.SecureAsync(socket, cancellationToken).ConfigureAwait(false);
            _isHandedOn = true;
            return channel;
        }

        public void Dispose()
        {
            if (!_isHandedOn) socket.Dispose();
        }
    }
}
