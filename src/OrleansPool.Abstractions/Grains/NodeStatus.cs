namespace OrleansPool.Grains;

/// <summary>What the cluster knows of a node.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum NodeStatus : byte
{
    /// <summary>No silo of the cluster has ever met that incarnation.</summary>
    Unknown,

    /// <summary>It is a member and serves.</summary>
    Serving,

    /// <summary>It was a member; membership has declared it dead, or its address has begun another life.</summary>
    Dead,

    /// <summary>It is a member but has not been heard yet.</summary>
    Silent,
}
