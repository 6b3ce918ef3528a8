namespace OrleansPool.Dashboard.Host;

/// <summary>
/// What the dashboard by itself reads from the section <c>OrleansPool</c> of the environment (<c>OrleansPool__Redis</c>) and the command
/// line (<c>--OrleansPool:Redis</c>): where to serve, and how to find the cluster.
/// </summary>
internal sealed class DashboardSettings
{
    public const string Section = "OrleansPool";

    public string ClusterId { get; set; } = "orleanspool";

    public string ServiceId { get; set; } = "orleanspool";

    /// <summary>Redis that holds cluster membership, as HOST:PORT: finds silos as they come and go.</summary>
    public string? Redis { get; set; }

    /// <summary>Gateways of silos as IP:PORT, where there is no Redis; one on this machine by default.</summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>What the silos' data ports ask to know; nothing when absent.</summary>
    public string? DataKey { get; set; }

    /// <summary>Whether the silos' data ports speak TLS; any of the files says so as well.</summary>
    public bool UsesDataTls { get; set; }

    /// <summary>PEM files for TLS; see <c>OrleansPoolClientOptions</c>.</summary>
    public string? DataAuthorityFile { get; set; }

    public string? DataCertificateFile { get; set; }

    public string? DataCertificateKeyFile { get; set; }

    /// <summary>The address that browsers reach.</summary>
    public string DashboardAddress { get; set; } = "127.0.0.1";

    public int DashboardPort { get; set; } = 8080;
}
