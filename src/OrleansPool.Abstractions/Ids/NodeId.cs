namespace OrleansPool;

/// <summary>One silo's share of the fabric, in one of its lives.</summary>
/// <param name="Silo">Where it runs.</param>
/// <param name="Incarnation">Which life of it.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.NodeId")]
public readonly record struct NodeId([property: Id(0)] SiloAddress Silo, [property: Id(1)] NodeIncarnation Incarnation)
{
    /// <inheritdoc/>
    public override string ToString() => Silo is null ? "(no node)" : Silo.ToParsableString();
}
