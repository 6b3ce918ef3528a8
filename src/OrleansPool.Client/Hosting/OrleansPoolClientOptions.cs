using OrleansPool.Client.Routing;

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
}
