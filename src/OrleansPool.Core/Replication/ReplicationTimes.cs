namespace OrleansPool.Core.Replication;

/// <summary>The times of the protocol, and the size of its larger messages. All nodes of a cluster must have the same times.</summary>
internal sealed record ReplicationTimes
{
    /// <summary>Most that <see cref="PartBytes"/> may be: with the heads of the smallest blocks, a copy still fits into one frame.</summary>
    public const int PartBytesMax = 512 << 10;

    /// <summary>How long a read lease lasts: L.</summary>
    public TimeSpan ReadLease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How much faster than another any clock may run, as a share of it.</summary>
    public double ClockSkew { get; init; } = 0.01;

    /// <summary>How long a node may serve after it asked for the root that did not expel it: F.</summary>
    public TimeSpan Authority { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may go on, after that, on the word of all others.</summary>
    public TimeSpan AuthorityWithoutRoot { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a request to the store waits for its answer.</summary>
    public TimeSpan StoreTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When a message without an answer is sent again.</summary>
    public TimeSpan Resend { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Bytes of one part of a snapshot, and of the blocks of one copy.</summary>
    public int PartBytes
    {
        get;
        init => field = value is > 0 and <= PartBytesMax ? value : throw new ArgumentOutOfRangeException(nameof(value), value, null);
    } = 64 << 10;

    /// <summary>How often a pair renews its lease.</summary>
    public TimeSpan HeartbeatInterval => new(ReadLease.Ticks / 4);

    /// <summary>How long a grantor keeps its promise: the lease, stretched for the other's slower clock.</summary>
    public TimeSpan GrantedLease => ReadLease * (1 + ClockSkew);

    /// <summary>How long a new primary waits since its last promise to an earlier one: that one's lease, and then those it gave on the strength of it.</summary>
    public TimeSpan TakeoverWait => ReadLease * (2 * (1 + ClockSkew));

    /// <summary>How long a backup may be silent.</summary>
    public TimeSpan Silence => new(ReadLease.Ticks * 4);

    /// <summary>How often the root is read.</summary>
    public TimeSpan RootReadInterval => new(Authority.Ticks / 4);

    /// <summary>How long a lost row waits before it counts, if every lost member was known to know whoever wrote it.</summary>
    public TimeSpan LossDelay => (Authority + (ReadLease * 2)) * (1 + ClockSkew);

    /// <summary>How long it waits otherwise.</summary>
    public TimeSpan LossDelayMax => AuthorityWithoutRoot * (1 + ClockSkew);
}
