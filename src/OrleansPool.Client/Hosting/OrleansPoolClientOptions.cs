using OrleansPool.Client.Routing;
using OrleansPool.Transport;

namespace OrleansPool.Client.Hosting;

/// <summary>How an external client uses the fabric.</summary>
public sealed class OrleansPoolClientOptions
{
    /// <summary>Most local memory that reservations of this process may take, such as 64MiB. Mapped at the first reservation.</summary>
    public string LocalCapacity { get; set; } = "64MiB";

    /// <summary>
    /// How long a call to a node that does not answer is repeated before <see cref="PoolUnavailableException"/>. 20 s by default.
    /// </summary>
    public TimeSpan CallPatience { get; set; } = NodeCall.PatienceDefault;

    /// <summary>
    /// Whether bytes go straight to the nodes that hold them, over the data plane; grain calls serve where a node's data port cannot be
    /// reached. On by default.
    /// </summary>
    public bool UsesDataPlane { get; set; } = true;

    /// <summary>What the nodes' data ports ask whoever connects to know; null, the default, for nothing.</summary>
    public string? DataKey { get; set; }

    /// <summary>Whether the nodes' data ports speak TLS. Off by default.</summary>
    public bool UsesDataTls { get; set; }

    /// <summary>The authorities that the nodes' certificates must come from, as a PEM file; null, the default, for those that the machine trusts.</summary>
    public string? DataAuthorityFile { get; set; }

    /// <summary>The certificate that this client shows to the data ports, as a PEM file; null, the default, for none. Read anew when it changes.</summary>
    public string? DataCertificateFile { get; set; }

    /// <summary>The certificate's private key, as a PEM file; null where it is in the same file.</summary>
    public string? DataCertificateKeyFile { get; set; }

    /// <summary>The limits of the data plane's connections.</summary>
    public TransportOptions DataPlane { get; set; } = new();
}
