namespace OrleansPool.Transport.Channels;

/// <summary>Takes the connections that others make.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IAcceptor : IDisposable
{
    /// <summary>Where it listens.</summary>
    DataEndpoint Endpoint { get; }

    /// <summary>The next connection. It may still have to prove itself: see <see cref="IIncoming"/>.</summary>
    /// <returns>Null once the acceptor is disposed.</returns>
    ValueTask<IIncoming?> AcceptAsync();
}
