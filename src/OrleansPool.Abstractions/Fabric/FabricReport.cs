namespace OrleansPool;

/// <summary>What the fabric holds, node by node, at about one moment.</summary>
/// <param name="Nodes">The nodes that answered, in order of their address.</param>
/// <param name="Silent">The silos that are members of the cluster but did not answer.</param>
[GenerateSerializer, Immutable, Alias("OrleansPool.FabricReport")]
public sealed record FabricReport([property: Id(0)] IReadOnlyList<NodeReport> Nodes, [property: Id(1)] IReadOnlyList<string> Silent);
