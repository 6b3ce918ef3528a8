namespace OrleansPool;

/// <summary>Where memory may come from when the first choice of node is full.</summary>
public enum LeaseFallback
{
    /// <summary>Only the silo that asks; from an external client, only the node that the chooser names first.</summary>
    LocalNodeOnly,

    /// <summary>Then any other node, the emptiest first.</summary>
    OtherNodes,
}
