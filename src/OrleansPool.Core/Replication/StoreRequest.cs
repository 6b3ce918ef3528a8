namespace OrleansPool.Core.Replication;

/// <summary>Asks the store for one document of the pool map, or to write it over a known version.</summary>
/// <param name="Number">Which request of this node; its reply has the same.</param>
/// <param name="Document"><see cref="Root"/>, or the number of a shard.</param>
/// <param name="Content">What to write: a <see cref="PoolMapRoot"/> or a <see cref="PoolMapShard"/>. Null to read.</param>
/// <param name="Base">The document over which it is written, as it was read: the host compares its tag, which no two writes share. Null for none.</param>
internal sealed record StoreRequest(long Number, int Document, object? Content, object? Base)
{
    /// <summary>The root's number.</summary>
    public const int Root = -1;
}
