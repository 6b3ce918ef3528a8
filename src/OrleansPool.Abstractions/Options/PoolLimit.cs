namespace OrleansPool;

/// <summary>Which limit of a pool refused a request. Bytes and leases are counted on each node.</summary>
public enum PoolLimit
{
    /// <summary>None.</summary>
    None,

    /// <summary>What the pool may ever have: its blocks, its quota, the node's memory.</summary>
    Capacity,

    /// <summary>The pool's quota in bytes.</summary>
    PoolBytes,

    /// <summary>The pool's number of leases.</summary>
    PoolLeases,

    /// <summary>One owner's quota in bytes.</summary>
    OwnerBytes,

    /// <summary>One owner's number of leases.</summary>
    OwnerLeases,

    /// <summary>The shortest duration, in ticks of 100 ns.</summary>
    DurationMin,

    /// <summary>The longest duration, in ticks of 100 ns.</summary>
    DurationMax,

    /// <summary>How many requests may wait.</summary>
    Waiters,
}
