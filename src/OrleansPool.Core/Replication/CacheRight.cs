namespace OrleansPool.Core.Replication;

/// <summary>The right to keep copies of one other node's blocks.</summary>
/// <param name="Until">When it runs out.</param>
/// <param name="Session">What was cached under another session does not count.</param>
/// <param name="Listed">The peers whose leases the other node held: a copy counts only while every other in-sync member of its segment is here.</param>
/// <remarks>Immutable.</remarks>
internal sealed record CacheRight(Tick Until, ulong Session, NodeId[] Listed)
{
    /// <summary>No right.</summary>
    public static CacheRight None { get; } = new(new Tick(long.MinValue), 0, []);
}
