using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Caching;

/// <summary>A fill on its way: one for each block at a time, whoever misses it.</summary>
/// <remarks>
/// The reply was copied when the request had arrived, so it is current for those who waited when the request was sent, and for nobody who
/// came later: the block may have changed since. Those look into the cache once it is there.
/// </remarks>
internal sealed class Flight(long number, (SegmentId Segment, int Block) place, PeerLink owner, ulong epoch, LeaseKey key, Tick sentAt)
{
    public long Number => number;

    /// <summary>The block that it brings.</summary>
    public (SegmentId Segment, int Block) Place => place;

    public PeerLink Owner => owner;

    public ulong Epoch => epoch;

    public LeaseKey Key => key;

    public Tick SentAt => sentAt;

    /// <summary>Who waited when the request was sent.</summary>
    public List<IFillWaiter> Waiters { get; } = [];

    /// <summary>Who came later.</summary>
    public List<IFillWaiter> Latecomers { get; } = [];

    /// <summary>The newest invalidation of the block that came meanwhile.</summary>
    public ulong InvalidatedTo { get; set; }
}
