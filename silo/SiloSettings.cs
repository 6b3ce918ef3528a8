using OrleansPool.Server.Hosting;

namespace OrleansPool.Silo;

/// <summary>
/// What the silo host reads from the section <c>OrleansPool</c> of appsettings.json, environment (<c>OrleansPool__Capacity</c>) and
/// command line (<c>--OrleansPool:Capacity</c>): the pool's own options, and where the silo is.
/// </summary>
internal sealed class SiloSettings
{
    public const string Section = "OrleansPool";

    public string Capacity { get; set; } = "256MiB";

    public string? SpillFile { get; set; }

    public string? SpillCapacity { get; set; }

    public string? NodeName { get; set; }

    public string ClusterId { get; set; } = "orleanspool";

    public string ServiceId { get; set; } = "orleanspool";

    /// <summary>The address that other silos and clients reach.</summary>
    public string Address { get; set; } = "127.0.0.1";

    public int SiloPort { get; set; } = 11111;

    public int GatewayPort { get; set; } = 30000;

    /// <summary>Whether bytes are served on a port of their own, beside Orleans' messages.</summary>
    public bool ServesData { get; set; } = true;

    /// <summary>The data port; 0 for any that is free.</summary>
    public int DataPort { get; set; }

    /// <summary>The address that the data port listens on; <see cref="Address"/> when absent.</summary>
    public string? DataAddress { get; set; }

    /// <summary>The host that others are told to connect to; <see cref="Address"/> when absent.</summary>
    public string? DataAdvertisedHost { get; set; }

    /// <summary>What whoever connects to the data port must know; nothing when absent.</summary>
    public string? DataKey { get; set; }

    /// <summary>PEM files that secure the data port by TLS; see <see cref="OrleansPoolOptions"/>.</summary>
    public string? DataCertificateFile { get; set; }

    public string? DataCertificateKeyFile { get; set; }

    public string? DataAuthorityFile { get; set; }

    /// <summary>Where the dashboard, health and metrics are; loopback unless said otherwise, since they ask for no password.</summary>
    public string DashboardAddress { get; set; } = "127.0.0.1";

    /// <summary>Port of the dashboard, health and metrics; 0 for none.</summary>
    public int DashboardPort { get; set; } = 8080;

    /// <summary>Redis that holds cluster membership and page tables, as HOST:PORT; none for a silo on its own.</summary>
    public string? Redis { get; set; }

    /// <summary>How long a silo may leave a probe unanswered; Orleans' default when absent.</summary>
    public TimeSpan? ProbeTimeout { get; set; }

    public bool AllowVolatileNames { get; set; }

    public TimeSpan? OrphanInterval { get; set; }

    public IList<PoolOptions> Pools { get; } = [];
}
