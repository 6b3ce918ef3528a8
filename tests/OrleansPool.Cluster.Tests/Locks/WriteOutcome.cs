namespace OrleansPool.Cluster.Tests.Locks;

/// <summary>What came of a write under a lock.</summary>
internal enum WriteOutcome
{
    /// <summary>It is there.</summary>
    Acknowledged,

    /// <summary>The memory's owner refused it.</summary>
    Refused,

    /// <summary>Nobody knows.</summary>
    Unknown,
}
