namespace OrleansPool.Client.Hosting;

/// <summary>How an external client uses the fabric.</summary>
public sealed class OrleansPoolClientOptions
{
    /// <summary>Most local memory that reservations of this process may take, such as 64MiB. Mapped at the first reservation.</summary>
    public string LocalCapacity { get; set; } = "64MiB";
}
