namespace OrleansPool.Core.Replication;

/// <summary>
/// What a node shares with its segments: who it is, its authority, its leases, and what it knows of the others. Segments read it and never
/// write it.
/// </summary>
internal sealed class Standing(NodeId self, ReplicationTimes times, bool isStoreInProcess)
{
    private readonly Dictionary<SiloAddress, long> _firstSeenIn = [];
    private MembershipView _view = MembershipView.None;

    public NodeId Self => self;

    public ReplicationTimes Times => times;

    public PeerTable Peers { get; } = new();

    public Authority Authority { get; } = new(times, isStoreInProcess);

    /// <summary>The newest membership view that was seen.</summary>
    public MembershipView View
    {
        get => Volatile.Read(ref _view);
        set
        {
            foreach (SiloAddress silo in value.Silos.Keys) _firstSeenIn.TryAdd(silo, value.Version);
            Volatile.Write(ref _view, value);
        }
    }

    /// <summary>The newest root that was seen.</summary>
    public PoolMapRoot Root { get; set; } = PoolMapRoot.None;

    /// <summary>Fewest in-sync copies with which a segment accepts operations.</summary>
    public int InSyncMin { get; init; } = 1;

    /// <summary>The node is on its way out: its segments go to others.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The newest version of the root that anybody has told of.</summary>
    public long RootHeard { get; set; }

    /// <summary>When that was heard first.</summary>
    public Tick RootHeardAt { get; set; } = new(long.MinValue / 2);

    /// <summary>Somebody here wants the root read after this moment.</summary>
    public Tick WantsRootSince { get; set; } = new(long.MinValue / 2);

    /// <summary>Until when somebody here wants to know who can be heard.</summary>
    public Tick WantsEverybodyUntil { get; set; } = new(long.MinValue / 2);

    /// <summary>How many of the nodes that take part were heard of late, this one counted, and how many there are.</summary>
    public (int Heard, int Count) CountHeard(Tick now)
    {
        int heard = 0;
        MembershipView view = View;
        foreach (SiloAddress silo in view.Present)
        {
            if (silo.Equals(Self.Silo) || WasHeard(silo, now)) heard++;
        }

        return (heard, view.Present.Length);
    }

    private bool WasHeard(SiloAddress silo, Tick now)
    {
        foreach (PeerLink peer in Peers.LivesOf(silo))
        {
            if (peer.AnsweredAt + times.Silence > now) return true;
        }

        return false;
    }

    /// <summary>Whether a node had said that it knew a view with another in it.</summary>
    public bool KnewOf(NodeId node, NodeId other) =>
        _firstSeenIn.TryGetValue(other.Silo, out long version) && Peers[node].KnownViewVersion >= version;

    /// <summary>Whether a member of a row is dead for ever, as far as this node knows.</summary>
    /// <param name="member">The member.</param>
    /// <param name="rowMembershipVersion">The view that the row's writer knew: the member was in it. An older view may not list it yet.</param>
    public bool IsDead(NodeId member, long rowMembershipVersion)
    {
        if (Root.HasExpelled(member)) return true;
        MembershipView view = View;
        return view.StateOf(member.Silo) switch
        {
            SiloState.Dead => true,
            SiloState.Absent => view.Version >= rowMembershipVersion || Mutant.Is(Mutation.AbsenceFromOldViewIsDeath),
            _ => false,
        };
    }

    /// <summary>When this node's newest promise to any expelled node was made, plus the time in which it may have been relied on, by the node and by those it granted to.</summary>
    public Tick LastPromiseToExpelledEnds()
    {
        var ends = new Tick(long.MinValue / 2);
        foreach (PeerLink peer in Peers.All)
        {
            if (!peer.IsRefused || !peer.EverGranted) continue;
            TimeSpan wait = Mutant.Is(Mutation.HalfTheTakeoverWait) ? times.TakeoverWait / 2 : times.TakeoverWait;
            if (peer.GrantedAt + wait > ends) ends = peer.GrantedAt + wait;
        }

        return ends;
    }
}
