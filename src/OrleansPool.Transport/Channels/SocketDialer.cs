using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

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
        try
        {
            return security is null && Epoll.Shared is { } epoll
                ? await DialAnyAsync(epoll, endpoint, cancellationToken).ConfigureAwait(false)
                : await DialAsync(endpoint, security, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or AuthenticationException)
        {
            throw new IOException($"No connection to {endpoint}: {e.Message}", e);
        }
    }

    /// <summary>Tries each of the host's addresses.</summary>
    private static async Task<IByteChannel> DialAnyAsync(Epoll epoll, DataEndpoint endpoint, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(endpoint.Host, out IPAddress? address)
            ? [address]
            : await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            try
            {
                return await SocketChannel.ConnectAsync(epoll, addresses[i], endpoint.Port, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next one.
            }
        }
    }

    private static async Task<IByteChannel> DialAsync(DataEndpoint endpoint, ClientSecurity? security, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
            return security is null
                ? new SocketChannel(socket, endpoint.ToString())
                : await security.SecureAsync(socket, endpoint.Host, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
