namespace OrleansPool;

/// <summary>When a lease may come from a node's spill file, whose bytes are in a file until memory is free for them.</summary>
public enum LeaseSpill
{
    /// <summary>Only memory.</summary>
    Never,

    /// <summary>When waiting for memory was in vain; at once, where the request does not wait.</summary>
    AfterWait,

    /// <summary>As soon as memory is full; the request waits only when the spill file is full as well.</summary>
    BeforeWait,
}
