using System.Runtime.InteropServices;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Replication;

/// <summary>
/// A node's part in the protocol: its leases, its authority, its knowledge of the pool map, and its copies of segments. Every input comes
/// in here with the moment, and leaves in an outbox what the host must do.
/// </summary>
/// <remarks>
/// One caller at a time. A host that runs segments on executors of their own may call a segment's reading members, and those only, beside
/// it.
/// </remarks>
internal sealed class FabricNode
{
    private readonly ISegmentMemory _memory;
    private readonly Heart _heart;
    private readonly Succession _succession;
    private readonly Dictionary<SegmentId, Segment> _segments = [];
    private readonly List<Segment> _copies = [];
    private readonly Dictionary<SegmentId, Tick> _lostSeenAt = [];
    private readonly Dictionary<SegmentId, Segment> _births = [];
    private readonly List<Segment> _walk = [];
    private Tick _heartAt;
    private Tick _reviewAt;

    public FabricNode(NodeId self, ReplicationTimes times, ISegmentMemory memory, bool isStoreInProcess = false, int inSyncMin = 1, BlockCache? cache = null)
    {
        _memory = memory;
        Standing = new Standing(self, times, isStoreInProcess) { InSyncMin = inSyncMin };
        Map = new MapKeeper(Standing);
        _heart = new Heart(Standing);
        _succession = new Succession(Standing, Map);
        if (cache is not null) Cache = new CoherentCache(Standing, cache);
    }

    public Standing Standing { get; }

    public MapKeeper Map { get; }

    /// <summary>Copies of other nodes' blocks; null for a node that keeps none.</summary>
    public CoherentCache? Cache { get; }

    /// <summary>The copies that this node has, by segment.</summary>
    public IReadOnlyDictionary<SegmentId, Segment> Segments => _segments;

    /// <summary>The same copies, in the order of their segments' ids.</summary>
    public ReadOnlySpan<Segment> Copies => CollectionsMarshal.AsSpan(_copies);

    /// <summary>When it wants <see cref="Elapse"/>.</summary>
    public Tick WakeAt(Tick now)
    {
        Tick at = Tick.Min(Tick.Min(_heartAt, _reviewAt), Map.WakeAt(now));
        foreach (Segment segment in Copies) at = Tick.Min(at, segment.WakeAt);
        return Cache is null ? at : Tick.Min(at, Cache.WakeAt);
    }

    /// <summary>Takes an operation of a caller for a segment whose row the caller knows in some epoch.</summary>
    /// <returns>False when the answer comes later; else it is in <see cref="Outbox.Result"/>, until the next step.</returns>
    public bool Submit(SegmentId id, ulong epoch, in Operation operation, Tick now, NodeOutbox outbox, out OperationResult result, out Tick validUntil)
    {
        validUntil = Tick.Never;
        result = new OperationResult(OperationStatus.NotPrimary);
        if (IsLost(id, now)) result = new OperationResult(OperationStatus.Lost);
        else if (Map.Find(id) is { State: SegmentState.Deleted }) result = new OperationResult(OperationStatus.NoSegment);
        if (!_segments.TryGetValue(id, out Segment? segment)) return true;
        if (epoch < segment.Replica!.Row.Epoch && !segment.Replica.IsOpen) return true;
        bool isAnswered = segment.Step(operation, now, outbox.Segment);
        (result, validUntil) = (outbox.Segment.Result, outbox.Segment.ResultValidUntil);
        Finish(segment, now, outbox);
        Settle(now, outbox);
        return isAnswered;
    }

    /// <summary>Takes a message of another node.</summary>
    public void Receive(NodeId from, Message message, Tick now, NodeOutbox outbox)
    {
        if (from.Incarnation != default) Standing.Peers[from].HeardAt = now;
        switch (message)
        {
            case Heartbeat beat:
                _heart.Take(from, beat, now, outbox);
                break;
            case HeartbeatReply reply:
                _heart.Take(from, reply, now, outbox);
                break;
            case RowNotice notice:
                Learn(notice.Row, settledEpoch: 0, now, outbox);

                // Also whoever won an old row in a map that went back in time learns so that there was a newer one.
                SegmentRow known = Map.Find(notice.Row.Segment)!;
                if (known.Epoch > notice.Row.Epoch) outbox.Messages.Add((from, new RowNotice(known)));
                break;
            case FillReply reply:
                Cache?.Take(from, reply, now);
                break;
            case Invalidate invalidate:
                Cache?.Take(from, invalidate, now, outbox);
                break;
            case SegmentMessage about:
                ReceiveAbout(from, about, now, outbox);
                break;
        }

        Settle(now, outbox);
    }

    /// <summary>A reader missed the cache: brings the block.</summary>
    public void Miss(SegmentId id, int block, in LeaseKey key, IFillWaiter waiter, Tick now, NodeOutbox outbox)
    {
        if (Cache is null || Map.Find(id) is not { State: SegmentState.Active } row || row.Primary == Standing.Self)
        {
            waiter.Filled(IsLost(id, now) ? OperationStatus.Lost : OperationStatus.NotPrimary, 0, default);
            return;
        }

        Cache.Miss(row, block, key, waiter, now, outbox);
    }

    /// <summary>Takes a reply of the store.</summary>
    public void Take(StoreReply reply, Tick now, NodeOutbox outbox)
    {
        Map.Take(reply, now, outbox);
        Settle(now, outbox);
    }

    /// <summary>Takes a view of membership. Older ones are ignored.</summary>
    public void Observe(MembershipView view, Tick now, NodeOutbox outbox)
    {
        if (view.Version <= Standing.View.Version) return;
        Standing.View = view;
        outbox.MustReview = true;
        Settle(now, outbox);
    }

    /// <summary>Time has passed.</summary>
    public void Elapse(Tick now, NodeOutbox outbox)
    {
        _heartAt = _heart.Elapse(now, outbox);
        Standing.Authority.OnExchange(Standing, now);
        Cache?.Elapse(now);
        Map.Elapse(now, outbox);
        if (now >= _reviewAt) outbox.MustReview = true;
        _walk.Clear();
        _walk.AddRange(_copies);
        foreach (Segment segment in _walk)
        {
            if (segment.WakeAt > now) continue;
            segment.Elapse(now, outbox.Segment);
            Finish(segment, now, outbox);
        }

        Settle(now, outbox);
    }

    /// <summary>Makes a segment, of which this node is the primary. It exists once its row is in the map.</summary>
    /// <returns>False when there is no memory for it, or this node does not see itself among the members yet.</returns>
    public bool TryBirth(SegmentId id, string pool, int wantedCopies, Tick now, NodeOutbox outbox)
    {
        if (!Standing.View.Counts(Standing.Self.Silo) || _memory.TryMake(id, pool, now) is not { } segment) return false;
        _births[id] = segment;
        NodeId self = Standing.Self;
        Map.Propose(new RowChange(new SegmentRow(id, 1, SegmentState.Active, pool, wantedCopies, self, [self], default, 0, Standing.View.Version, [])));
        Map.Elapse(now, outbox);
        return true;
    }

    /// <summary>Begins to make another node a member of a segment whose primary this node is.</summary>
    public bool TryJoin(SegmentId id, NodeId target, Tick now, NodeOutbox outbox)
    {
        if (!_segments.TryGetValue(id, out Segment? segment) || !segment.Replica!.IsOpen) return false;
        bool begun = segment.Replica.Primary.TryJoin(target, outbox.Segment);
        Finish(segment, now, outbox);
        Settle(now, outbox);
        return begun;
    }

    /// <summary>Begins to hand a segment to another of its members.</summary>
    public bool TryMove(SegmentId id, NodeId target, Tick now, NodeOutbox outbox)
    {
        if (!_segments.TryGetValue(id, out Segment? segment) || !segment.Replica!.IsOpen) return false;
        bool begun = segment.Replica.Primary.TryMove(target, now);
        segment.Elapse(now, outbox.Segment);
        Finish(segment, now, outbox);
        Settle(now, outbox);
        return begun;
    }

    /// <summary>Begins to give back a segment that nobody has a lease in.</summary>
    public bool TryDelete(SegmentId id, Tick now, NodeOutbox outbox)
    {
        if (!_segments.TryGetValue(id, out Segment? segment) || !segment.Replica!.IsOpen) return false;
        bool begun = segment.Replica.Primary.TryDelete(outbox.Segment);
        segment.Elapse(now, outbox.Segment);
        Finish(segment, now, outbox);
        Settle(now, outbox);
        return begun;
    }

    /// <summary>Asks a segment's primary to release this node's copy.</summary>
    public void AskToLeave(SegmentId id, NodeOutbox outbox)
    {
        if (!_segments.TryGetValue(id, out Segment? segment) || segment.Replica!.Role != ReplicaRole.Backup) return;
        SegmentRow row = segment.Replica.Row;
        outbox.Messages.Add((row.Primary, new LeaveRequest(id, row.Epoch)));
    }

    /// <summary>Whether a segment is lost and everybody who could still serve it has stopped: its names may be made anew.</summary>
    public bool IsLost(SegmentId id, Tick now)
    {
        if (!_lostSeenAt.TryGetValue(id, out Tick seenAt)) return false;
        if (Mutant.Is(Mutation.LostAtOnce)) return true;
        SegmentRow row = Map.Find(id)!;
        return now >= seenAt + (KnewWhoExpelledThem(row) ? Standing.Times.LossDelay : Standing.Times.LossDelayMax);
    }

    /// <summary>Whether every lost member had said that it knew a view with whoever expelled it.</summary>
    private bool KnewWhoExpelledThem(SegmentRow lost)
    {
        PoolMapRoot root = Standing.Root;
        if (Mutant.Is(Mutation.LossCountsSoon)) return true;
        foreach (NodeId member in lost.LostMembers)
        {
            int at = Array.IndexOf(root.Expelled, member);
            if (at < 0 || !Standing.KnewOf(member, root.ExpelledBy[at])) return false;
        }

        return true;
    }

    private void ReceiveAbout(NodeId from, SegmentMessage message, Tick now, NodeOutbox outbox)
    {
        if (message.Epoch > (Map.Find(message.Segment)?.Epoch ?? 0)) Map.WantRead(message.Segment);
        SegmentRow? carried = message switch
        {
            Wire.Replicate replicate => replicate.Row,
            Seal seal => seal.Row,
            SnapshotPart part => part.Row,
            _ => null,
        };
        if (carried is not null) Learn(carried, settledEpoch: 0, now, outbox);
        if (!_segments.TryGetValue(message.Segment, out Segment? segment))
        {
            if (Map.Find(message.Segment) is { } row && row.Epoch > message.Epoch) outbox.Messages.Add((from, new RowNotice(row)));
            if (message is not SnapshotPart joining) return;
            SegmentRow map = Map.Find(message.Segment)!;
            if (map.Joiner != Standing.Self || map.Epoch != joining.Epoch) return;
            segment = _memory.TryMake(message.Segment, map.Pool, now);
            if (segment is null)
            {
                outbox.Messages.Add((from, new SnapshotAck(message.Segment, message.Epoch, joining.Sequence, -1)));
                return;
            }

            Add(segment, map, now);
        }

        segment.Receive(from, message, now, outbox.Segment);
        Finish(segment, now, outbox);
    }

    private void Add(Segment segment, SegmentRow row, Tick now)
    {
        segment.Replicate(Standing, row, now);
        _segments.Add(segment.Id, segment);
        int place = _copies.FindIndex(other => other.Id.Value > segment.Id.Value);
        _copies.Insert(place < 0 ? _copies.Count : place, segment);
    }

    /// <summary>A row is known: in the map, and to the copy here, if there is one.</summary>
    private void Learn(SegmentRow row, ulong settledEpoch, Tick now, NodeOutbox outbox)
    {
        bool isNew = Map.Learn(row, now);
        row = Map.Find(row.Segment)!;
        if (row.State == SegmentState.Lost) _lostSeenAt.TryAdd(row.Segment, now);
        if (isNew)
        {
            outbox.MustReview = true;
            Cache?.OnRow(row);
        }

        if (_births.Remove(row.Segment, out Segment? born))
        {
            if (row is { Epoch: 1 } && row.Primary == Standing.Self) Add(born, row, now);
            else _memory.Release(born);
        }

        if (!_segments.TryGetValue(row.Segment, out Segment? segment)) return;
        if (settledEpoch == 0 && row.Epoch <= segment.Replica!.Row.Epoch) return;
        segment.Observe(row, settledEpoch, now, outbox.Segment);
        Finish(segment, now, outbox);
    }

    /// <summary>After a step of a segment: its outbox is taken over, and a copy that is none any more goes.</summary>
    private void Finish(Segment segment, Tick now, NodeOutbox outbox)
    {
        for (int i = 0; i < outbox.Segment.Proposals.Count; i++) Map.Propose(outbox.Segment.Proposals[i]);
        bool hasProposed = outbox.Segment.Proposals.Count > 0;
        outbox.Gather(segment);
        if (hasProposed) Map.Elapse(now, outbox);
        Replica replica = segment.Replica!;
        if (replica.WantsRow) Map.WantRead(segment.Id);
        replica.WantsRow = false;
        bool isGone = replica.Role == ReplicaRole.Retired || replica.MustRestart || replica.Joiner is { MustRestart: true } || segment.Fault is not null;
        if (!isGone || !_segments.Remove(segment.Id)) return;
        _copies.Remove(segment);
        if (segment.Fault is { } fault) outbox.Faults.Add((segment.Id, fault));
        if (replica.IsLost) _lostSeenAt.TryAdd(segment.Id, now);
        _memory.Release(segment);
    }

    /// <summary>What a step has stirred up in the node itself.</summary>
    private void Settle(Tick now, NodeOutbox outbox)
    {
        for (int i = 0; i < outbox.Learned.Count; i++)
        {
            (SegmentRow row, ulong settledEpoch) = outbox.Learned[i];
            Learn(row, settledEpoch, now, outbox);
        }

        outbox.Learned.Clear();
        foreach (SegmentRow row in outbox.Announced) Announce(row, outbox);
        outbox.Announced.Clear();
        if (!outbox.MustReview) return;
        outbox.MustReview = false;
        bool isUnfinished = _succession.Review(now, row => _segments.ContainsKey(row.Segment));
        _reviewAt = isUnfinished ? now + Standing.Times.Resend : Tick.Never;
        Map.Elapse(now, outbox);
        _walk.Clear();
        _walk.AddRange(_copies);
        foreach (Segment segment in _walk)
        {
            segment.Elapse(now, outbox.Segment);
            Finish(segment, now, outbox);
        }

        if (outbox.Learned.Count > 0) Settle(now, outbox);
    }

    private void Announce(SegmentRow row, NodeOutbox outbox)
    {
        foreach (PeerLink peer in Standing.Peers.All)
        {
            if (Standing.View.Counts(peer.Node.Silo) && !Standing.Root.HasExpelled(peer.Node)) outbox.Messages.Add((peer.Node, new RowNotice(row)));
        }
    }
}
