namespace OrleansPool.Transport.Channels;

/// <summary>Makes channels to nodes. Thread-safe.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDialer
{
    /// <summary>Connects.</summary>
    /// <param name="endpoint">Where the node listens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">Nobody answers there, or the other end is not who it should be.</exception>
    ValueTask<IByteChannel> DialAsync(DataEndpoint endpoint, CancellationToken cancellationToken);
}
