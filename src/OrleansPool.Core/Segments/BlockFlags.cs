namespace OrleansPool.Core.Segments;

/// <summary>The state of a block. Free is none of them.</summary>
[Flags]
internal enum BlockFlags : byte
{
    None = 0,

    /// <summary>In a lease.</summary>
    Leased = 1,

    /// <summary>The first block of a lease; its row in the lease table is in use.</summary>
    Head = 2,

    /// <summary>The lease lasts until it is freed. On heads only.</summary>
    Kept = 4,

    /// <summary>Out of its lease but not zeroed yet.</summary>
    Dirty = 8,

    /// <summary>Its last lease ran out, rather than being freed. Until the next ALLOC, so that a late holder learns why.</summary>
    Expired = 16,
}
