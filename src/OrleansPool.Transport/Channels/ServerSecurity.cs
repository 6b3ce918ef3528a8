using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace OrleansPool.Transport.Channels;

/// <summary>How the accepting end secures its connections: TLS, with or without asking for the other end's certificate.</summary>
/// <param name="options">Made anew for each connection, so that a certificate that was renewed is used.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ServerSecurity(Func<SslServerAuthenticationOptions> options)
{
    internal async ValueTask<IByteChannel> SecureAsync(Socket socket, CancellationToken cancellationToken)
    {
        string remoteName = socket.RemoteEndPoint?.ToString() ?? "(unknown)";
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(options(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (e is AuthenticationException or InvalidOperationException) throw new IOException($"TLS with {remoteName} failed: {e.Message}", e);
            throw;
        }

        return new StreamChannel(stream, remoteName);
    }
}
