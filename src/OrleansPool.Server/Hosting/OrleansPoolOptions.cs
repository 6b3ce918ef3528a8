using OrleansPool.Client.Routing;
using OrleansPool.Transport;

namespace OrleansPool.Server.Hosting;

/// <summary>One silo's share of the fabric.</summary>
public sealed class OrleansPoolOptions
{
    /// <summary>Name of the grain storage provider that holds page tables, unless another is registered under this name.</summary>
    public const string StorageName = "OrleansPool";

    /// <summary>
    /// All memory that the node may use, such as 4GiB: blocks, metadata, operation logs and cache. Mapped and made resident at
    /// start, never given back. 256 MiB by default.
    /// </summary>
    public string Capacity { get; set; } = "256MiB";

    /// <summary>
    /// A file for what memory has no room for, of leases that allow it; null, the default, for none. It must not exist; it is made
    /// at start with all of its blocks, loses its name at once, and is gone with the process. What is in it moves into memory as
    /// soon as whole segments are free there and nobody waits for them.
    /// </summary>
    public string? SpillFile { get; set; }

    /// <summary>Size of the spill file, such as 16GiB; not part of <see cref="Capacity"/>.</summary>
    public string? SpillCapacity { get; set; }

    /// <summary>The node's name in reports; the silo's name by default.</summary>
    public string? NodeName { get; set; }

    /// <summary>Share of the capacity that the block cache may take, from 0 (no cache) to 0.5. It caches blocks of other nodes.</summary>
    public double CacheShare { get; set; } = 1.0 / 64;

    /// <summary>
    /// Whether regions may be named in memory storage although the cluster has more than one silo. Their names are then lost when
    /// the silo that holds them stops; their memory is freed.
    /// </summary>
    public bool AllowVolatileNames { get; set; }

    /// <summary>How full the local node may be before leases go elsewhere, from 0 to 1.</summary>
    public double LocalWatermark { get; set; } = 0.85;

    /// <summary>
    /// How long a call to another node that does not answer is repeated before <see cref="PoolUnavailableException"/>. 20 s by default.
    /// </summary>
    public TimeSpan CallPatience { get; set; } = NodeCall.PatienceDefault;

    /// <summary>How often nodes tell each other their load. 250 ms by default.</summary>
    public TimeSpan LoadInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a node looks for memory that is kept for a region which does not list it. 30 s by default.</summary>
    public TimeSpan OrphanInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the node serves bytes on a port of its own, which is many times faster than grain calls; these serve where it is off or cannot
    /// be reached. On by default.
    /// </summary>
    public bool ServesData { get; set; } = true;

    /// <summary>The address that the data port listens on; that of the silo by default.</summary>
    public string? DataAddress { get; set; }

    /// <summary>The host that others are told to connect to; that of the silo by default.</summary>
    public string? DataAdvertisedHost { get; set; }

    /// <summary>The data port; 0, the default, for any that is free.</summary>
    public int DataPort { get; set; }

    /// <summary>What whoever connects to the data port must know; null, the default, for nothing. See <see cref="DataCertificateFile"/>.</summary>
    public string? DataKey { get; set; }

    /// <summary>The certificate with which the data port secures its connections by TLS, as a PEM file; null, the default, for none. Read anew when it changes.</summary>
    public string? DataCertificateFile { get; set; }

    /// <summary>The certificate's private key, as a PEM file; null where it is in the same file.</summary>
    public string? DataCertificateKeyFile { get; set; }

    /// <summary>
    /// The authorities whose certificates are trusted at the other end, as a PEM file. With it whoever connects must show a certificate of
    /// theirs; null, the default, asks for none, and trusts nodes by what the machine trusts.
    /// </summary>
    public string? DataAuthorityFile { get; set; }

    /// <summary>The limits of the data plane's connections.</summary>
    public TransportOptions DataPlane { get; set; } = new();

    /// <summary>The pools beside <see cref="PoolNames.Default"/>; one of that name replaces it.</summary>
    public IList<PoolOptions> Pools { get; } = [];

    /// <summary>
    /// Whether the node counts what is done to its memory in its own process, and shows its state on the meter <c>OrleansPool</c>.
    /// On by default; it costs a read of 4 KiB in this process less than a twentieth of its time.
    /// </summary>
    public bool Instruments { get; set; } = true;

    /// <summary>For tests: canaries, poison and guard pages, so that wrong use fails loudly.</summary>
    public bool Diagnostic { get; set; }
}
