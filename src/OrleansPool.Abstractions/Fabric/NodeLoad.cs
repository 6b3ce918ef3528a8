namespace OrleansPool;

/// <summary>How loaded a node is: what the nodes tell each other a few times a second.</summary>
/// <param name="Node">The node.</param>
/// <param name="CapacityBytes">Memory that it lends.</param>
/// <param name="FreeBytes">How much of it could still be leased.</param>
/// <param name="OperationsPerSecond">Operations that it carried out in the last interval, per second.</param>
/// <param name="BytesPerSecond">Bytes that it moved in the last interval, per second.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.NodeLoad")]
public readonly record struct NodeLoad(
    [property: Id(0)] NodeId Node,
    [property: Id(1)] long CapacityBytes,
    [property: Id(2)] long FreeBytes,
    [property: Id(3)] double OperationsPerSecond,
    [property: Id(4)] double BytesPerSecond)
{
    /// <summary>Where the node's data plane listens, as host:port; null where it has none.</summary>
    [Id(5)]
    public string? DataEndpoint { get; init; }

    /// <summary>Share of the memory that is in use, from 0 to 1.</summary>
    public double UsedRatio => CapacityBytes == 0 ? 1 : 1 - ((double)FreeBytes / CapacityBytes);
}
