namespace OrleansPool.Core.Replication;

/// <summary>
/// The pool map as one node knows it, and what it wants changed in it. Every node keeps the whole map: rows come from the store, from
/// those who changed them, and from those who refuse an old one.
/// </summary>
/// <remarks>
/// Changes of rows of one shard go in one write; one write a document is under way at a time. A row that lost the race is settled as it is in
/// the map; whoever proposed it looks again. Owned by the node.
/// </remarks>
internal sealed class MapKeeper(Standing standing)
{
    private readonly SortedList<int, DocumentDesk<PoolMapShard>> _shards = [];
    private readonly Dictionary<SegmentId, SegmentRow> _rows = [];
    private readonly Dictionary<SegmentId, Tick> _learnedAt = [];
    private readonly Dictionary<int, List<RowChange>> _wanted = [];
    private readonly Dictionary<int, List<RowChange>> _sent = [];
    private readonly List<NodeId> _expulsions = [];
    private readonly Queue<Action<int>> _ranges = new();
    private long _lastNumber;
    private bool _takesRange;
    private int _refreshed;

    /// <summary>The root.</summary>
    public DocumentDesk<PoolMapRoot> Root { get; } =
        new(StoreRequest.Root, PoolMapRoot.None, static root => root.Version, static root => root with { Version = root.Version + 1 });

    /// <summary>The newest row of every segment that is known.</summary>
    public IReadOnlyDictionary<SegmentId, SegmentRow> Rows => _rows;

    /// <summary>Some document went back in time: nothing is proposed any more.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>The newest row of a segment, if one is known.</summary>
    public SegmentRow? Find(SegmentId segment) => _rows.GetValueOrDefault(segment);

    /// <summary>Wants a row written.</summary>
    public void Propose(RowChange change)
    {
        int shard = PoolMapShard.Of(change.Row.Segment);
        Desk(shard);
        if (!_wanted.TryGetValue(shard, out List<RowChange>? changes)) _wanted.Add(shard, changes = []);
        changes.RemoveAll(other => other.Row.Segment == change.Row.Segment && other.Row.Epoch <= change.Row.Epoch);
        if (!changes.Exists(other => other.Row.Segment == change.Row.Segment)) changes.Add(change);
    }

    /// <summary>Whether a change of a row is under way.</summary>
    public bool IsProposing(SegmentId segment) => Holds(_wanted, segment) || Holds(_sent, segment);

    /// <summary>Wants a node in the root's list of those who must not serve.</summary>
    public void Expel(NodeId node)
    {
        if (!standing.Root.HasExpelled(node) && !_expulsions.Contains(node)) _expulsions.Add(node);
    }

    /// <summary>Wants a shard, and with it a range of segment ids, for this node alone.</summary>
    public void TakeRange(Action<int> taken) => _ranges.Enqueue(taken);

    /// <summary>A row should be read from the store.</summary>
    public void WantRead(SegmentId segment) => Desk(PoolMapShard.Of(segment)).WantRead();

    /// <summary>A row was heard of.</summary>
    /// <returns>Whether it is newer than what was known.</returns>
    public bool Learn(SegmentRow row, Tick now)
    {
        if (_rows.TryGetValue(row.Segment, out SegmentRow? known) && known.Epoch >= row.Epoch) return false;
        _rows[row.Segment] = row;
        _learnedAt[row.Segment] = now;
        return true;
    }

    /// <summary>When it wants <see cref="Elapse"/>.</summary>
    public Tick WakeAt(Tick now)
    {
        Tick at = Tick.Min(Root.WakeAt(standing.Times), standing.Authority.RootReadAt + standing.Times.RootReadInterval);
        for (int i = 0; i < _shards.Count; i++) at = Tick.Min(at, _shards.GetValueAtIndex(i).WakeAt(standing.Times));
        return Tick.Max(at, now + new TimeSpan(standing.Times.Resend.Ticks / 4));
    }

    /// <summary>Sends what is due.</summary>
    public void Elapse(Tick now, NodeOutbox outbox)
    {
        Tick rootReadAt = standing.Authority.RootReadAt;
        if (now >= rootReadAt + standing.Times.RootReadInterval || rootReadAt < standing.WantsRootSince) Root.WantRead();
        Ask(Root.Next(now, standing.Times, _lastNumber + 1, this, static (known, self) => self.ComposeRoot(known)), outbox);
        for (int i = 0; i < _shards.Count; i++)
        {
            (MapKeeper Self, int Shard, NodeOutbox Outbox) state = (this, _shards.GetKeyAtIndex(i), outbox);
            Ask(_shards.GetValueAtIndex(i).Next(now, standing.Times, _lastNumber + 1, state, static (known, at) => at.Self.Compose(at.Shard, known, at.Outbox)), outbox);
        }
    }

    /// <summary>Takes a reply of the store.</summary>
    public void Take(StoreReply reply, Tick now, NodeOutbox outbox)
    {
        if (reply.Document == StoreRequest.Root) TakeRoot(reply, now, outbox);
        else TakeShard(reply, now, outbox);
        Elapse(now, outbox);
    }

    private void TakeRoot(StoreReply reply, Tick now, NodeOutbox outbox)
    {
        int shardBefore = Root.Known.NextShard;
        bool tookRange = _takesRange;
        if (!Root.Take(reply, now, standing.Times, _lastNumber + 1, out bool isSettled, out StoreRequest? next)) return;
        Ask(next, outbox);
        bool isOlderThanHeard = Root.AskedAt > standing.RootHeardAt && Root.Known.Version < standing.RootHeard;
        IsFrozen |= Root.WentBack || isOlderThanHeard;
        if (reply.Outcome == StoreOutcome.Unknown || IsFrozen) return;
        if (isSettled)
        {
            // A range is this node's only if this very write was done: of one whose outcome is unknown the range is left unused.
            if (tookRange && reply.Outcome == StoreOutcome.Done && Root.Known.NextShard == shardBefore + 1) _ranges.Dequeue()(shardBefore);
            _takesRange = false;
        }

        standing.Root = Root.Known;
        standing.Authority.OnRoot(Root.Known, standing.Self, Mutant.Is(Mutation.AuthorityCountedFromReceipt) ? now : Root.AskedAt);
        _expulsions.RemoveAll(Root.Known.HasExpelled);
        foreach (NodeId expelled in Root.Known.Expelled)
        {
            if (!Mutant.Is(Mutation.GrantsToExpelled)) standing.Peers[expelled].IsRefused = true;
        }

        for (int shard = 0; shard < Root.Known.NextShard; shard++) Desk(shard);
        RefreshOne();
        outbox.MustReview = true;
    }

    /// <summary>With each reading of the root one shard, in turn: whoever changed a row may have died before it told anybody.</summary>
    private void RefreshOne()
    {
        if (Root.Known.NextShard == 0) return;
        _refreshed = (_refreshed + 1) % Root.Known.NextShard;
        Desk(_refreshed).WantRead();
    }

    private void TakeShard(StoreReply reply, Tick now, NodeOutbox outbox)
    {
        DocumentDesk<PoolMapShard> desk = Desk(reply.Document);
        if (!desk.Take(reply, now, standing.Times, _lastNumber + 1, out bool isSettled, out StoreRequest? next)) return;
        Ask(next, outbox);
        IsFrozen |= desk.WentBack;
        if (reply.Outcome != StoreOutcome.Unknown && !desk.WentBack)
        {
            foreach (SegmentRow row in desk.Known.Rows)
            {
                // Whoever asks for the document after it heard of a row finds that row there, or a newer one.
                IsFrozen |= _rows.TryGetValue(row.Segment, out SegmentRow? heard) && heard.Epoch > row.Epoch && desk.AskedAt > _learnedAt[row.Segment];
                if (Learn(row, now)) outbox.Learned.Add((row, 0));
            }
        }

        if (isSettled) Settle(reply.Document, desk.Known, outbox);
    }

    /// <summary>What was sent has happened or never will; those who wanted it are told the row as it is.</summary>
    private void Settle(int shard, PoolMapShard known, NodeOutbox outbox)
    {
        if (!_sent.Remove(shard, out List<RowChange>? changes)) return;
        foreach (RowChange change in changes)
        {
            SegmentRow? row = known.Find(change.Row.Segment);
            if (row is null)
            {
                // Only a birth has no row, and nobody competes for it: it did not happen, so it is wanted still.
                Propose(change);
                continue;
            }

            outbox.Learned.Add((_rows[row.Segment], change.Row.Epoch));
            if (row.Epoch == change.Row.Epoch && row.Primary == change.Row.Primary && row.State == change.Row.State) outbox.Announced.Add(row);
        }
    }

    private PoolMapRoot? ComposeRoot(PoolMapRoot known)
    {
        NodeId[] gone = [.. _expulsions.Where(node => !known.HasExpelled(node))];
        _takesRange = _ranges.Count > 0;
        bool isFirst = known.Version == 0;
        if ((gone.Length == 0 && !_takesRange && !isFirst) || IsFrozen) return null;
        return known with
        {
            Version = known.Version + 1,
            Cluster = isFirst ? new Guid(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]) : known.Cluster,
            Expelled = [.. known.Expelled, .. gone],
            ExpelledBy = [.. known.ExpelledBy, .. gone.Select(_ => standing.Self)],
            NextShard = known.NextShard + (_takesRange ? 1 : 0),
        };
    }

    private PoolMapShard? Compose(int shard, PoolMapShard known, NodeOutbox outbox)
    {
        if (IsFrozen || !_wanted.TryGetValue(shard, out List<RowChange>? changes)) return null;
        if (changes.Exists(change => EpochIn(known, change) < change.BaseEpoch))
        {
            // The row is known from others; the document that it stands in must be read first.
            Desk(shard).WantRead();
            return null;
        }

        _wanted.Remove(shard);
        var rows = new List<SegmentRow>();
        foreach (RowChange change in changes)
        {
            if (EpochIn(known, change) == change.BaseEpoch || Mutant.Is(Mutation.RowOverNewerRow)) rows.Add(change.Row);
        }

        _sent[shard] = changes;
        if (rows.Count > 0) return known.With(rows);
        Settle(shard, known, outbox);
        return null;
    }

    private static ulong EpochIn(PoolMapShard known, RowChange change) => known.Find(change.Row.Segment)?.Epoch ?? 0;

    private static bool Holds(Dictionary<int, List<RowChange>> changes, SegmentId segment) =>
        changes.TryGetValue(PoolMapShard.Of(segment), out List<RowChange>? some) && some.Exists(change => change.Row.Segment == segment);

    private DocumentDesk<PoolMapShard> Desk(int shard)
    {
        if (_shards.TryGetValue(shard, out DocumentDesk<PoolMapShard>? desk)) return desk;
        desk = new(shard, PoolMapShard.None, static known => known.Version, static known => known with { Version = known.Version + 1 });
        _shards.Add(shard, desk);
        return desk;
    }

    private void Ask(StoreRequest? request, NodeOutbox outbox)
    {
        if (request is null) return;
        _lastNumber = request.Number;
        outbox.StoreRequests.Add(request);
    }
}
