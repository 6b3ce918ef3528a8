namespace OrleansPool.Transport.Channels;

/// <summary>
/// An ordered stream of bytes to one other end: a socket, a socket under TLS, or the twin in memory. Failures of any kind are an end.
/// </summary>
/// <remarks>One thread may receive while another sends. <see cref="IDisposable.Dispose"/> may be called by any, and ends whatever waits.
/// Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IByteChannel : IDisposable
{
    /// <summary>The other end, for logs.</summary>
    string RemoteName { get; }

    /// <summary>Takes what has come, without waiting.</summary>
    ChannelStatus TryReceive(Span<byte> buffer, out int count);

    /// <summary>Blocks the thread until something has come, the stream has ended, or the patience is over.</summary>
    /// <returns>False when the patience is over.</returns>
    bool WaitReadable(TimeSpan patience);

    /// <summary>Waits, without a thread, until something has come or the stream has ended.</summary>
    ValueTask WaitReadableAsync();

    /// <summary>Sends as much as there is room for, without waiting.</summary>
    ChannelStatus TrySend(ReadOnlySpan<byte> bytes, out int count);

    /// <summary>Sends all of it, waiting for room without a thread.</summary>
    /// <returns>False when the stream has ended.</returns>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
