using System.Net.Security;
using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>How the connecting end secures its connections: TLS, with or without a certificate of its own.</summary>
/// <param name="options">Made anew for each connection, so that a certificate that was renewed is used; gets the host's name.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ClientSecurity(Func<string, SslClientAuthenticationOptions> options)
{
    internal async ValueTask<IByteChannel> SecureAsync(Socket socket, string host, CancellationToken cancellationToken)
    {
        string remoteName = socket.RemoteEndPoint?.ToString() ?? host;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(options(host), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new StreamChannel(stream, remoteName);
    }
}
