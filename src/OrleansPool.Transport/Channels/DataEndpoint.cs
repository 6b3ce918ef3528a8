namespace OrleansPool.Transport.Channels;

/// <summary>Where a node's data plane listens.</summary>
/// <param name="Host">An IP address or a name.</param>
/// <param name="Port">The port.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DataEndpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
