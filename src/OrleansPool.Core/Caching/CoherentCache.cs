using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Caching;

/// <summary>
/// Copies of other nodes' blocks that are never stale: read without a message, while their terms hold.
/// </summary>
/// <remarks>
/// <para>A primary remembers who has a copy, and commits no change of a block before every copy is dropped or its holder's right has run out
/// (Hermes: Katsarakis et al., ASPLOS 2020; leases: Gray and Cheriton, SOSP 1989). So a copy whose terms hold is the committed block.</para>
/// <para>A read copies, then confirms with a clock read afterwards. A fill is kept only if, when it arrives, its session is still the
/// present one, the lease holds, and no invalidation of the block came meanwhile that is newer than its bytes: messages overtake each
/// other.</para>
/// <para>Misses, fills and invalidations are the node's; <see cref="TryRead"/> and <see cref="Confirm"/> may run on any thread.</para>
/// </remarks>
internal sealed class CoherentCache(Standing standing, BlockCache cache)
{
    private readonly Dictionary<(SegmentId Segment, int Block), Flight> _flights = [];
    private readonly HotBlocks _hot = new(standing.Times);
    private readonly Dictionary<SegmentId, CacheTerms> _terms = [];
    private readonly List<Flight> _overdue = [];
    private long _lastNumber;

    /// <summary>How long a fill may take.</summary>
    public TimeSpan FlightMax => standing.Times.Resend * 4;

    /// <summary>When the oldest fill is overdue.</summary>
    public Tick WakeAt { get; private set; } = Tick.Never;

    /// <summary>Copies bytes of a cached block, if its copy is of the reader's lease.</summary>
    public bool TryRead(NodeId owner, SegmentId segment, int block, in LeaseKey key, int offset, Span<byte> destination, out CacheTicket ticket)
    {
        bool isHit = cache.TryGet(KeyOf(owner, segment, block), key, offset, destination, out ulong version, out CacheTerms? terms);
        ticket = new CacheTicket(terms, version);
        return isHit;
    }

    /// <summary>Whether a copy may be shown, at a moment read after it was made. On false the caller clears what it copied.</summary>
    public bool Confirm(in CacheTicket ticket, Tick now)
    {
        if (ticket.Terms is null || now > ticket.Terms.ValidUntil || now > standing.Authority.ValidUntil) return false;

        // Whoever reads wants the lease renewed. The race between readers is about milliseconds of a wish.
        ticket.Terms.Owner.WantedUntil = now + standing.Times.Silence;
        return true;
    }

    /// <summary>A reader missed: asks the owner, unless somebody has asked already.</summary>
    public void Miss(SegmentRow row, int block, in LeaseKey key, IFillWaiter waiter, Tick now, NodeOutbox outbox)
    {
        if (_flights.TryGetValue((row.Segment, block), out Flight? flight))
        {
            (Mutant.Is(Mutation.LatecomersTakeTheFill) && flight.Key == key ? flight.Waiters : flight.Latecomers).Add(waiter);
            return;
        }

        PeerLink owner = standing.Peers[row.Primary];
        owner.WantedUntil = now + standing.Times.Silence;
        flight = new Flight(++_lastNumber, (row.Segment, block), owner, row.Epoch, key, now);
        flight.Waiters.Add(waiter);
        _flights.Add(flight.Place, flight);
        WakeAt = Tick.Min(WakeAt, now + FlightMax);
        CacheRight right = owner.Cacheable;
        bool keeps = now <= right.Until && _hot.MayKeep(row.Segment, block, now);
        outbox.Messages.Add((owner.Node, new FillRequest(row.Segment, row.Epoch, flight.Number, block, key, keeps ? right.Session : 0)));
    }

    /// <summary>Takes the bytes of a block.</summary>
    public void Take(NodeId from, FillReply reply, Tick now)
    {
        if (!_flights.TryGetValue((reply.Segment, reply.Block), out Flight? flight) || flight.Number != reply.Number || flight.Owner.Node != from) return;
        _flights.Remove((reply.Segment, reply.Block));
        if (reply.Status == OperationStatus.Ok && MayKeep(flight, reply, now)) Keep(flight, reply);
        foreach (IFillWaiter waiter in flight.Waiters) waiter.Filled(reply.Status, reply.Version, reply.Bytes.Span);
        foreach (IFillWaiter waiter in flight.Latecomers) waiter.Filled(OperationStatus.Busy, 0, default);
    }

    /// <summary>Drops a copy that is about to be old, and says so.</summary>
    public void Take(NodeId from, Invalidate invalidate, Tick now, NodeOutbox outbox)
    {
        if (!Mutant.Is(Mutation.FillIgnoresInvalidation) && _flights.TryGetValue((invalidate.Segment, invalidate.Block), out Flight? flight))
        {
            flight.InvalidatedTo = Math.Max(flight.InvalidatedTo, invalidate.Sequence);
        }

        if (cache.Remove(KeyOf(from, invalidate.Segment, invalidate.Block))) _hot.OnInvalidated(invalidate.Segment, invalidate.Block, now);
        outbox.Messages.Add((from, new InvalidateAck(invalidate.Segment, invalidate.Epoch, invalidate.Block, invalidate.Number)));
    }

    /// <summary>The segment has another row: who was asked may not answer any more.</summary>
    public void OnRow(SegmentRow row)
    {
        _overdue.Clear();
        foreach (((SegmentId segment, _), Flight flight) in _flights)
        {
            if (segment == row.Segment && flight.Epoch < row.Epoch) _overdue.Add(flight);
        }

        GiveUp(OperationStatus.NotPrimary);
    }

    /// <summary>Gives up what takes too long.</summary>
    public void Elapse(Tick now)
    {
        if (now < WakeAt) return;
        _overdue.Clear();
        WakeAt = Tick.Never;
        foreach (Flight flight in _flights.Values)
        {
            if (now >= flight.SentAt + FlightMax) _overdue.Add(flight);
            else WakeAt = Tick.Min(WakeAt, flight.SentAt + FlightMax);
        }

        GiveUp(OperationStatus.Unavailable);
    }

    private static BlockKey KeyOf(NodeId owner, SegmentId segment, int block) => new(owner.Incarnation, segment, block, 0);

    private static bool MayKeep(Flight flight, FillReply reply, Tick now)
    {
        CacheRight right = flight.Owner.Cacheable;
        bool isPresent = reply.CacheSession != 0 && (reply.CacheSession == right.Session || Mutant.Is(Mutation.FillOfOldSession));
        return isPresent && now <= right.Until && reply.Version >= flight.InvalidatedTo;
    }

    private void Keep(Flight flight, FillReply reply)
    {
        // An old session's fill, kept by mistake, would count under the present one.
        ulong session = Mutant.Is(Mutation.FillOfOldSession) ? flight.Owner.Cacheable.Session : reply.CacheSession;
        if (!_terms.TryGetValue(reply.Segment, out CacheTerms? terms) || terms.Owner != flight.Owner || terms.Session != session
            || !terms.Members.AsSpan().SequenceEqual(reply.Members))
        {
            _terms[reply.Segment] = terms = new CacheTerms(flight.Owner, session, reply.Members);
        }

        cache.Keep(KeyOf(flight.Owner.Node, reply.Segment, reply.Block), flight.Key, reply.Version, reply.Bytes.Span, terms);
    }

    private void GiveUp(OperationStatus status)
    {
        foreach (Flight flight in _overdue)
        {
            _flights.Remove(flight.Place);
            foreach (IFillWaiter waiter in flight.Waiters) waiter.Filled(status, 0, default);
            foreach (IFillWaiter waiter in flight.Latecomers) waiter.Filled(status, 0, default);
        }

        _overdue.Clear();
    }
}
