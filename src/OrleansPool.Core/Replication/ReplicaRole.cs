namespace OrleansPool.Core.Replication;

/// <summary>What a node's copy of a segment is.</summary>
internal enum ReplicaRole : byte
{
    /// <summary>None any more: the row does not name this node.</summary>
    Retired,

    /// <summary>Being made. Counts for nothing yet.</summary>
    Joiner,

    /// <summary>Has every committed operation, and serves nobody.</summary>
    Backup,

    /// <summary>Named by the row as primary, and not ready yet: it seals the others and waits out old leases.</summary>
    Successor,

    /// <summary>Accepts operations.</summary>
    Primary,
}
