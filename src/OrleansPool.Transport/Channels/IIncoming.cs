namespace OrleansPool.Transport.Channels;

/// <summary>A connection that was accepted and has said nothing yet.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IIncoming : IDisposable
{
    /// <summary>The other end, for logs and limits.</summary>
    string RemoteName { get; }

    /// <summary>Makes it a channel; for TLS, after its handshake.</summary>
    /// <exception cref="IOException">The other end is not who it should be, or went away.</exception>
    ValueTask<IByteChannel> OpenAsync(CancellationToken cancellationToken);
}
