using System.Globalization;

namespace OrleansPool.Transport.Channels;

/// <summary>Where a node's data plane listens.</summary>
/// <param name="Host">An IP address or a name.</param>
/// <param name="Port">The port.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DataEndpoint(string Host, int Port)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out DataEndpoint endpoint)
    {
        endpoint = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return false;
        endpoint = new DataEndpoint(text![..colon].Trim('[', ']'), port);
        return endpoint.Host.Length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
