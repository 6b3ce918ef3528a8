namespace OrleansPool.Core.Replication;

/// <summary>How a request to the store ended.</summary>
internal enum StoreOutcome : byte
{
    /// <summary>Read, or written.</summary>
    Done,

    /// <summary>Not written: another version is there.</summary>
    Conflict,

    /// <summary>Nobody knows: a write may have happened, or may happen later.</summary>
    Unknown,
}
