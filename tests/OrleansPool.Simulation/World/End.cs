namespace OrleansPool.Simulation.World;

/// <summary>An end of the network: a silo in one of its lives, or a client.</summary>
/// <param name="Place">The place of the silo, or -1 - number of the client.</param>
/// <param name="Node">The silo's life that is meant; default for any.</param>
internal readonly record struct End(int Place, NodeId Node)
{
    /// <summary>A client.</summary>
    public static End Client(int number) => new(-1 - number, default);
}
