namespace OrleansPool.Core.Replication;

/// <summary>The state of a segment in the pool map.</summary>
internal enum SegmentState : byte
{
    /// <summary>It has a primary.</summary>
    Active,

    /// <summary>Every in-sync member died: its bytes are gone, and everybody who asks is told.</summary>
    Lost,

    /// <summary>It was emptied and given back.</summary>
    Deleted,
}
