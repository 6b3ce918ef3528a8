namespace OrleansPool;

/// <summary>One silo's share of the fabric, in one of its lives.</summary>
/// <param name="Silo">Where it runs.</param>
/// <param name="Incarnation">Which life of it.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.NodeId")]
public readonly record struct NodeId([property: Id(0)] SiloAddress Silo, [property: Id(1)] NodeIncarnation Incarnation)
{
    /// <summary>Whether both are the same life. Incarnations are random, so where those differ, nothing else need be compared.</summary>
    public bool Equals(NodeId other) =>
        Incarnation.Value == other.Incarnation.Value && (ReferenceEquals(Silo, other.Silo) || (Silo is not null && Silo.Equals(other.Silo)));

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)(ulong)Incarnation.Value);

    /// <inheritdoc/>
    public override string ToString() => Silo is null ? "(no node)" : Silo.ToParsableString();
}
