using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>Connects by TCP, and secures the connection where it is told how.</summary>
/// <param name="security">How; null for plain TCP.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SocketDialer(ClientSecurity? security = null) : IDialer
{
    /// <inheritdoc/>
    public async ValueTask<IByteChannel> DialAsync(DataEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
            return security is null ? new SocketChannel(socket) : await security.SecureAsync(socket, endpoint.Host, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException or System.Security.Authentication.AuthenticationException) throw new IOException($"No connection to {endpoint}: {e.Message}", e);
            throw;
        }
    }
}
