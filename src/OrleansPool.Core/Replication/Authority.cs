namespace OrleansPool.Core.Replication;

/// <summary>
/// Whether this node may serve at all: the fence of silos that are cut off.
/// </summary>
/// <remarks>
/// <para>A node that membership declared dead may be alive and not know it. Leases fence it where a segment has other copies. Where it
/// holds the only one there is nobody to withhold a lease, and this remains: it serves only while, within F, it has read the pool-map root
/// without finding itself expelled. Who declares a segment lost writes the root first, and lets the loss count only after every silent
/// member has stopped by this rule.</para>
/// <para>While the store is away, and for at most 10 minutes, the word of <em>all</em> other nodes stands in for the root: each must have been
/// heard within F, and know no newer view and no newer root. Whoever wrote the root is one of them; and if it is not in this node's view, the
/// loss waits those 10 minutes. Hence a cut-off group stops by itself, and during an outage one silent node stops all.</para>
/// <para>Moments count from sending. Owned by the node; <see cref="ValidUntil"/> may be read by any thread.</para>
/// </remarks>
internal sealed class Authority(ReplicationTimes times, bool isInProcess)
{
    private long _validUntil = isInProcess ? long.MaxValue : long.MinValue;
    private Tick _rootReadAt = new(long.MinValue / 2);

    /// <summary>Until when the node may serve.</summary>
    public Tick ValidUntil => new(Volatile.Read(ref _validUntil));

    /// <summary>The node found itself expelled. It serves nobody any more.</summary>
    public bool IsExpelled { get; private set; }

    /// <summary>When the root was asked for that did not expel this node.</summary>
    public Tick RootReadAt => _rootReadAt;

    /// <summary>The root was read.</summary>
    /// <param name="root">It.</param>
    /// <param name="self">This node.</param>
    /// <param name="askedAt">When it was asked for.</param>
    public void OnRoot(PoolMapRoot root, NodeId self, Tick askedAt)
    {
        if (root.HasExpelled(self) && !Mutant.Is(Mutation.ExpelledGoesOn))
        {
            IsExpelled = true;
            Volatile.Write(ref _validUntil, long.MinValue);
            return;
        }

        _rootReadAt = Tick.Max(_rootReadAt, askedAt);
        Extend(_rootReadAt + times.Authority);
    }

    /// <summary>Whether the word of the others would help: the root was not read for a while.</summary>
    public bool NeedsOthers(Tick now) => now >= _rootReadAt + (times.Authority / 2);

    /// <summary>What the others said counts while the root cannot be read.</summary>
    public void OnExchange(Standing standing, Tick now)
    {
        if (IsExpelled || !NeedsOthers(now)) return;
        Tick oldest = Tick.Never;
        foreach (SiloAddress silo in standing.View.Present)
        {
            if (silo.Equals(standing.Self.Silo)) continue;
            Tick heard = new(long.MinValue / 2);
            foreach (PeerLink peer in standing.Peers.LivesOf(silo)) heard = Tick.Max(heard, peer.ExchangedAt);

            if (Mutant.Is(Mutation.AnyWordCounts)) oldest = oldest == Tick.Never ? heard : Tick.Max(oldest, heard);
            else oldest = Tick.Min(oldest, heard);
        }

        if (oldest == Tick.Never) return;
        Extend(Tick.Min(oldest + times.Authority, _rootReadAt + times.AuthorityWithoutRoot));
    }

    private void Extend(Tick until)
    {
        if (!IsExpelled && until.Value > Volatile.Read(ref _validUntil)) Volatile.Write(ref _validUntil, until.Value);
    }
}
