using OrleansPool.Core.Wire;

namespace OrleansPool.Core.Replication;

/// <summary>
/// Rule 5: one heartbeat for each pair of nodes that needs one, four times a lease. It renews the read lease and tells what both know of
/// membership and of the pool map's root. Also how a node learns which life of a silo it has before it.
/// </summary>
internal sealed class Heart(Standing standing)
{
    /// <summary>How often a silo whose present life is unknown is called.</summary>
    private static readonly TimeSpan HelloInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SiloAddress, Tick> _hellos = [];

    /// <summary>Sends the heartbeats that are due.</summary>
    /// <returns>When the next is due.</returns>
    public Tick Elapse(Tick now, NodeOutbox outbox)
    {
        Tick next = now + HelloInterval;
        bool wantsAll = now < standing.WantsEverybodyUntil || standing.Authority.NeedsOthers(now);
        foreach (PeerLink peer in standing.Peers.All)
        {
            bool isWanted = now < peer.WantedUntil || (wantsAll && standing.View.Counts(peer.Node.Silo));
            if (!isWanted || standing.Root.HasExpelled(peer.Node)) continue;
            if (now >= peer.BeatAt + standing.Times.HeartbeatInterval) Beat(peer.Node, peer.Cacheable.Session, now, outbox);
            next = Tick.Min(next, now + standing.Times.HeartbeatInterval);
        }

        foreach (SiloAddress silo in standing.View.Present)
        {
            if (silo.Equals(standing.Self.Silo) || IsKnown(silo)) continue;
            if (_hellos.TryGetValue(silo, out Tick at) && now < at + HelloInterval) continue;
            _hellos[silo] = now;
            Beat(new NodeId(silo, default), 0, now, outbox);
        }

        return next;
    }

    /// <summary>Answers a heartbeat.</summary>
    public void Take(NodeId from, Heartbeat beat, Tick now, NodeOutbox outbox)
    {
        PeerLink peer = standing.Peers[from];
        peer.HeardAt = now;
        peer.KnownViewVersion = Math.Max(peer.KnownViewVersion, beat.ViewVersion);
        Hear(beat.ViewVersion, beat.RootVersion, now, outbox);
        bool isGranted = !peer.IsRefused && !standing.Authority.IsExpelled;
        bool mayCache = isGranted && now <= standing.Authority.ValidUntil;
        ulong session = isGranted ? peer.Grant(now, standing.Times, mayCache) : 0;
        NodeId[] listed = mayCache ? WhoseLeasesAreHeld(now) : [];
        outbox.Messages.Add((from, new HeartbeatReply(beat.SentAt, isGranted, listed, session, standing.View.Version, standing.Root.Version)));
    }

    /// <summary>Takes the answer to one.</summary>
    public void Take(NodeId from, HeartbeatReply reply, Tick now, NodeOutbox outbox)
    {
        PeerLink peer = standing.Peers[from];
        peer.HeardAt = now;
        peer.KnownViewVersion = Math.Max(peer.KnownViewVersion, reply.ViewVersion);
        peer.AnsweredAt = Tick.Max(peer.AnsweredAt, reply.SentAt);
        if (reply.IsGranted || Mutant.Is(Mutation.RefusalTakenForGrant)) peer.Hold(reply, now, standing.Times);
        Hear(reply.ViewVersion, reply.RootVersion, now, outbox);
        bool knowsNoMore = reply.ViewVersion <= standing.View.Version && reply.RootVersion <= standing.Root.Version;
        if (knowsNoMore || Mutant.Is(Mutation.ExchangeCountsWhateverIsKnown)) peer.ExchangedAt = Tick.Max(peer.ExchangedAt, reply.SentAt);
        standing.Authority.OnExchange(standing, now);
    }

    private NodeId[] WhoseLeasesAreHeld(Tick now)
    {
        int count = 0;
        foreach (PeerLink peer in standing.Peers.All) count += peer.HeldUntil > now ? 1 : 0;
        var nodes = new NodeId[count];
        foreach (PeerLink peer in standing.Peers.All)
        {
            if (peer.HeldUntil > now) nodes[^count--] = peer.Node;
        }

        return nodes;
    }

    private void Hear(long viewVersion, long rootVersion, Tick now, NodeOutbox outbox)
    {
        outbox.WantsView |= viewVersion > standing.View.Version;
        if (rootVersion <= standing.RootHeard) return;
        (standing.RootHeard, standing.RootHeardAt) = (rootVersion, now);
        if (rootVersion > standing.Root.Version) standing.WantsRootSince = now;
    }

    private void Beat(NodeId to, ulong cacheSession, Tick now, NodeOutbox outbox)
    {
        if (to.Incarnation != default) standing.Peers[to].BeatAt = now;
        outbox.Messages.Add((to, new Heartbeat(now, standing.View.Version, standing.Root.Version, cacheSession)));
    }

    private bool IsKnown(SiloAddress silo)
    {
        foreach (PeerLink peer in standing.Peers.LivesOf(silo))
        {
            if (!standing.Root.HasExpelled(peer.Node) && peer.AnsweredAt.Value > long.MinValue / 2) return true;
        }

        return false;
    }
}
