using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Caching;

/// <summary>
/// Rules 2, 4 and 5 at the primary: who keeps copies of which block, and their being called back before the block changes.
/// </summary>
/// <remarks>
/// <para>A sharer is noted <em>before</em> its bytes are copied, so no change can slip in between. While a change is pending, fills carry the
/// committed bytes and may not be kept: so each change calls back those who had copies when it was logged, and nobody joins them.</para>
/// <para>A callback ends when it is acknowledged, or when the sharer's right to cache has run out; one that is overdue by a lease stops that
/// right from being renewed. Whoever's right ran out and was relied upon gets another session: what it kept before never counts again.</para>
/// <para>Each callback has a number, which its acknowledgement repeats. Sequences would not do: what calls all copies back logs nothing, so the
/// next operation gets the sequence that it spoke of, and a late acknowledgement would end the callback of a copy that was fetched since.</para>
/// <para>Owned by the segment's executor. At most <see cref="SharerCountMax"/> sharers a block; more are served, and keep nothing.</para>
/// </remarks>
internal sealed class Sharing(Replica replica)
{
    /// <summary>Most sharers of one block.</summary>
    public const int SharerCountMax = 4;

    private readonly Dictionary<int, List<(PeerLink Link, ulong Session)>> _sharers = [];
    private readonly List<Callback> _callbacks = [];
    private readonly Dictionary<int, int> _blocks = [];
    private ulong _seen;
    private long _lastNumber;

    /// <summary>Whether something is called back and not acknowledged.</summary>
    public bool IsBusy => _callbacks.Count > 0;

    private Segment Segment => replica.Segment;

    private Standing Standing => replica.Standing;

    /// <summary>Begins with no sharer: nobody keeps anything that this primary has to call back.</summary>
    public void Begin()
    {
        _sharers.Clear();
        _callbacks.Clear();
        _blocks.Clear();
        _seen = Segment.Log.Last;
    }

    /// <summary>Answers a fill.</summary>
    public void Fill(NodeId from, FillRequest request, Tick now, Outbox outbox)
    {
        byte[] bytes = new byte[Segment.Geometry.BlockBytes];
        PeerLink link = Standing.Peers[from];
        ulong session = MayKeep(request, link) ? Note(request.Block, link) : 0;
        OperationStatus status = Read(request, bytes, now, out ulong version);
        if (status == OperationStatus.Unavailable && session == 0) bytes = [];
        outbox.Send(from, new FillReply(
            request.Segment, replica.Row.Epoch, request.Number, request.Block, status, version, status == OperationStatus.Ok ? session : 0,
            replica.Primary.RequiredMembers(), status == OperationStatus.Ok ? bytes : default));
    }

    /// <summary>Calls back the copies of what was logged since the last time.</summary>
    public void OnLogged()
    {
        OperationLog log = Segment.Log;
        for (ulong sequence = Math.Max(_seen + 1, log.First); sequence <= log.Last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            if (entry.ChangesBytes) CallBack(entry.Block, sequence);
            else if (EndsCopies(entry)) CallBackLease(entry.Block, sequence);
        }

        _seen = log.Last;
    }

    /// <summary>Whether an operation must wait for copies of its blocks.</summary>
    public bool Stalls(in LogEntry entry)
    {
        if (_blocks.Count == 0 || Mutant.Is(Mutation.CommitBeforeInvalidationAcks)) return false;
        if (entry.ChangesBytes) return _blocks.ContainsKey(entry.Block);
        if (!EndsCopies(entry)) return false;
        for (int block = entry.Block; block != BlockRow.None; block = Segment.Store[block].Next)
        {
            if (_blocks.ContainsKey(block)) return true;
        }

        return false;
    }

    /// <summary>Calls back every copy of every block.</summary>
    /// <returns>To ask <see cref="IsCalledBack"/> with.</returns>
    public long CallBackAll()
    {
        foreach (int block in _sharers.Keys.ToArray()) CallBack(block, Segment.Log.Last + 1);
        return _lastNumber;
    }

    /// <summary>Whether everything is back that was called back up to some number.</summary>
    public bool IsCalledBack(long number) => !_callbacks.Exists(callback => callback.Number <= number);

    /// <summary>A sharer has dropped a copy.</summary>
    public void OnAck(NodeId from, InvalidateAck ack)
    {
        for (int i = _callbacks.Count - 1; i >= 0; i--)
        {
            Callback callback = _callbacks[i];
            bool isMeant = callback.Number <= ack.Number || Mutant.Is(Mutation.AckOfEarlierCallbackCounts);
            if (isMeant && callback.Link.Node == from && callback.Block == ack.Block) End(i);
        }
    }

    /// <summary>Sends callbacks, again where there is no answer, and ends those whose sharer may show nothing any more.</summary>
    public void Elapse(Tick now, Outbox outbox)
    {
        for (int i = _callbacks.Count - 1; i >= 0; i--)
        {
            Callback callback = _callbacks[i];
            PeerLink link = callback.Link;
            bool isOver = callback.Session != link.SessionGiven;
            if (!isOver && now > link.CacheGrantedUntil)
            {
                link.BeginSession();
                isOver = true;
            }

            if (isOver)
            {
                End(i);
                continue;
            }

            if (callback.BegunAt == default) callback.BegunAt = now;
            else if (now >= callback.BegunAt + Standing.Times.ReadLease) link.WithdrawCache();
            if (callback.SentAt != default && now < callback.SentAt + Standing.Times.Resend) continue;
            callback.SentAt = now;
            outbox.Send(link.Node, new Invalidate(Segment.Id, replica.Row.Epoch, callback.Block, callback.Sequence, callback.Number));
        }
    }

    private static bool EndsCopies(in LogEntry entry) => entry.Kind is OperationKind.Free or OperationKind.Expire or OperationKind.Transfer;

    private OperationStatus Read(FillRequest request, byte[] bytes, Tick now, out ulong version)
    {
        version = 0;
        if (!Segment.Secret.Verify(request.Key)) return OperationStatus.Forged;
        if ((uint)request.Block >= (uint)Segment.Geometry.BlockCount) return OperationStatus.OutOfBounds;
        if (!Segment.Copy(request.Block, request.Key.Generation, 0, bytes, out ReadTicket ticket))
        {
            return replica.IsOpen && Segment.MayServe(now) ? OperationStatus.Fenced : OperationStatus.Unavailable;
        }

        version = ticket.Version;
        return Segment.Confirm(ticket, now) ? OperationStatus.Ok : OperationStatus.Unavailable;
    }

    private bool MayKeep(FillRequest request, PeerLink link)
    {
        bool isPresent = request.CacheSession != 0 && request.CacheSession == link.SessionGiven && !link.IsCacheWithdrawn;
        if (!isPresent || !replica.IsOpen || replica.Primary.IsMoving) return false;
        return Mutant.Is(Mutation.KeepWhileWritePends) || !HasPending(request.Block);
    }

    private bool HasPending(int block)
    {
        if (_blocks.ContainsKey(block)) return true;
        if ((uint)block >= (uint)Segment.Geometry.BlockCount) return true;
        if (Segment.Stream.Pending.Count == 0) return false;
        OperationLog log = Segment.Log;
        for (ulong sequence = log.Committed + 1; sequence <= log.Last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            if (entry.IsCommitted) continue;
            if (entry.ChangesBytes ? entry.Block == block : EndsCopies(entry) && entry.Block == Segment.Store[block].Head) return true;
        }

        return false;
    }

    /// <returns>The session under which the sharer may keep the block; 0 when it has sharers enough.</returns>
    private ulong Note(int block, PeerLink link)
    {
        if (!_sharers.TryGetValue(block, out List<(PeerLink Link, ulong Session)>? sharers)) _sharers.Add(block, sharers = []);
        sharers.RemoveAll(sharer => sharer.Session != sharer.Link.SessionGiven || sharer.Link == link);
        if (sharers.Count == SharerCountMax) return 0;
        if (!Mutant.Is(Mutation.SharerNotNoted)) sharers.Add((link, link.SessionGiven));
        return link.SessionGiven;
    }

    private void CallBackLease(int head, ulong sequence)
    {
        for (int block = head; block != BlockRow.None; block = Segment.Store[block].Next) CallBack(block, sequence);
    }

    private void CallBack(int block, ulong sequence)
    {
        if (!_sharers.Remove(block, out List<(PeerLink Link, ulong Session)>? sharers)) return;
        foreach ((PeerLink link, ulong session) in sharers)
        {
            if (session != link.SessionGiven) continue;
            _callbacks.Add(new Callback(++_lastNumber, link, session, block, sequence));
            _blocks[block] = _blocks.GetValueOrDefault(block) + 1;
        }
    }

    private void End(int at)
    {
        int block = _callbacks[at].Block;
        _callbacks.RemoveAt(at);
        if (--_blocks[block] == 0) _blocks.Remove(block);
    }

    private sealed class Callback(long number, PeerLink link, ulong session, int block, ulong sequence)
    {
        public long Number => number;

        public PeerLink Link => link;

        public ulong Session => session;

        public int Block => block;

        public ulong Sequence => sequence;

        public Tick BegunAt { get; set; }

        public Tick SentAt { get; set; }
    }
}
