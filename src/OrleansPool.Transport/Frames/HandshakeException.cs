using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Frames;

/// <summary>A handshake came to nothing.</summary>
internal sealed class HandshakeException(RefusalReason reason, string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public RefusalReason Reason { get; } = reason;
}
