using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Client;

/// <summary>A request was not answered, because its connection ended, was never made, or took too long.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ConnectionLostException : IOException
{
    /// <summary>Makes the exception.</summary>
    public ConnectionLostException(string message, RefusalReason reason, bool isUnsent, Exception? inner = null)
        : base(message, inner)
    {
        Reason = reason;
        IsUnsent = isUnsent;
    }

    /// <summary>What the other end said, if it did.</summary>
    public RefusalReason Reason { get; }

    /// <summary>Whether the request certainly did not reach anybody.</summary>
    public bool IsUnsent { get; }
}
