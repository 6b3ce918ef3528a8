using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Read leases between this node and one other, both ways. <em>Held</em>: the other promised not to take part in a takeover from this
/// node, so this node may serve what the other is a member of. <em>Granted</em>: this node promised the same.
/// </summary>
/// <remarks>
/// <para>The holder counts from the moment at which it sent the request, the grantor from the moment at which it received it, and longer by
/// what clocks may differ: whatever the message took, the holder stops first.</para>
/// <para>A grant also says whose leases the grantor holds itself, and under which session the holder may keep copies of the grantor's
/// blocks. The right to cache is withdrawn alone from a holder that does not acknowledge an invalidation; once the grantor has relied on
/// its running out, the session is another, and what was cached before counts no more (volume leases: Yin, Alvisi, Dahlin and Lin,
/// "Volume Leases for Consistency in Large-Scale Systems", 1999).</para>
/// <para>Owned by the node; <see cref="HeldUntil"/> and <see cref="Cacheable"/> may be read by any thread.</para>
/// </remarks>
internal sealed class PeerLink(NodeId node)
{
    private long _heldUntil;
    private CacheRight _cacheable = CacheRight.None;

    public NodeId Node => node;

    /// <summary>Until when this node may rely on the other's promise.</summary>
    public Tick HeldUntil => new(Volatile.Read(ref _heldUntil));

    /// <summary>Until when, under which session and with whose leases copies of the other's blocks count.</summary>
    public CacheRight Cacheable => Volatile.Read(ref _cacheable);

    /// <summary>Until when this node's newest promise to the other lasts.</summary>
    public Tick GrantedUntil { get; private set; }

    /// <summary>Whether anything was ever promised.</summary>
    public bool EverGranted { get; private set; }

    /// <summary>When this node made its newest promise.</summary>
    public Tick GrantedAt { get; private set; }

    /// <summary>No promise is made any more: the other was expelled.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The session under which the other may cache this node's blocks.</summary>
    public ulong SessionGiven { get; private set; } = 1;

    /// <summary>Until when the other may rely on its right to cache.</summary>
    public Tick CacheGrantedUntil { get; private set; }

    /// <summary>Whether the right to cache is withdrawn until it has run out.</summary>
    public bool IsCacheWithdrawn { get; private set; }

    /// <summary>When the last request was sent that the other answered; its knowledge was not newer than ours then.</summary>
    public Tick ExchangedAt { get; set; } = new(long.MinValue / 2);

    /// <summary>When the last request was sent that the other answered, whatever it knew.</summary>
    public Tick AnsweredAt { get; set; } = new(long.MinValue / 2);

    /// <summary>When anything was heard of the other.</summary>
    public Tick HeardAt { get; set; } = new(long.MinValue / 2);

    /// <summary>When the last heartbeat was sent.</summary>
    public Tick BeatAt { get; set; } = new(long.MinValue / 2);

    /// <summary>Until when somebody here wants the other's lease.</summary>
    public Tick WantedUntil { get; set; } = new(long.MinValue / 2);

    /// <summary>The membership view that the other was last known to know.</summary>
    public long KnownViewVersion { get; set; }

    /// <summary>Makes a promise.</summary>
    /// <returns>The session under which the other may cache; 0 for not at all.</returns>
    public ulong Grant(Tick now, ReplicationTimes times, bool mayCache)
    {
        TimeSpan lease = Mutant.Is(Mutation.LeaseNotStretched) ? times.ReadLease * (1 - (2 * times.ClockSkew)) : times.GrantedLease;
        EverGranted = true;
        GrantedAt = now;
        GrantedUntil = now + lease;

        // Withdrawn, and acknowledged before it had run out: nobody waits for that any more, and here it ends all the same.
        if (IsCacheWithdrawn && now > CacheGrantedUntil) BeginSession();
        if (IsCacheWithdrawn || !mayCache) return 0;
        CacheGrantedUntil = now + lease;
        return SessionGiven;
    }

    /// <summary>The other promised something.</summary>
    public void Hold(HeartbeatReply reply, Tick now, ReplicationTimes times)
    {
        Tick from = Mutant.Is(Mutation.LeaseCountedFromReceipt) ? now : reply.SentAt;
        Tick until = from + times.ReadLease;
        if (until <= HeldUntil) return;
        Volatile.Write(ref _heldUntil, until.Value);
        Volatile.Write(ref _cacheable, new CacheRight(until, reply.CacheSession, reply.Listed));
    }

    /// <summary>The other does not acknowledge an invalidation: its right to cache is not renewed.</summary>
    public void WithdrawCache() => IsCacheWithdrawn = true;

    /// <summary>The other's right to cache has run out, and that is relied upon: what it cached before never counts again.</summary>
    public void BeginSession()
    {
        IsCacheWithdrawn = false;
        if (!Mutant.Is(Mutation.SessionUnchanged)) SessionGiven++;
    }
}
