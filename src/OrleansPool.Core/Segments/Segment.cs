using OrleansPool.Core.Arenas;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// One segment of the fabric as a small state machine: a run of blocks of one pool, their leases, and the numbered stream of
/// operations that changes them.
/// </summary>
/// <remarks>
/// <para><see cref="Step"/> takes one input and the moment, and leaves in an outbox what its host must do. It is called by one
/// owner at a time (<see cref="Execution.SegmentExecutor"/>), takes no lock, waits for nothing and reads no clock.</para>
/// <para>An operation is checked (closed? session? right? bounds?), computed against the newest image of its block, given the next
/// sequence number, and put in the operation log with its resulting bytes and result. It is committed when every required backup
/// has it, and only then do its bytes reach the block: a block holds committed bytes only. A segment with one copy requires no
/// backup, so an operation is committed at once.</para>
/// <para>Reads are not operations. <see cref="Copy"/> and <see cref="Confirm"/> run on any thread beside the owner: copy under
/// the block's seqlock, then confirm that the right to read is still the one that was in force before. Reads never renew a
/// lease.</para>
/// <para>Zeroing happens outside: a lease that ends leaves its chain in the outbox as retired, and <see cref="Zero"/> may run on
/// any thread. The blocks are free from the next step on.</para>
/// <para>Public for the other assemblies of OrleansPool only: it may change in any version.</para>
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Segment
{
    /// <summary>Most blocks that one SWEEP looks at, so that it never holds the executor for long.</summary>
    public const int SweepBlockCountMax = 16 * 1024;

    private static readonly ReadRight RightOfOneCopy = new([], authority: null);

    private readonly BlockStore _store;
    private readonly LeaseTable _leases;
    private readonly OperationLog _log;
    private readonly SegmentStream _stream;
    private ReadRight? _right = RightOfOneCopy;
    private bool _isClosed;

    /// <summary>Makes a segment of zeroed memory.</summary>
    /// <param name="id">Its id, never used before.</param>
    /// <param name="geometry">Its sizes.</param>
    /// <param name="frames">Memory of its blocks: at least <see cref="SegmentGeometry.FrameBytes"/>.</param>
    /// <param name="book">Memory of its metadata and log: at least <see cref="SegmentGeometry.BookBytes"/>.</param>
    /// <param name="secret">The key from which its lease ids are derived: 128 random bits.</param>
    /// <param name="now">The moment.</param>
    public Segment(SegmentId id, SegmentGeometry geometry, ArenaSlice frames, ArenaSlice book, UInt128 secret, Tick now)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        Id = id;
        Geometry = geometry;
        Frames = frames;
        Book = book;
        Secret = new LeaseSecret(secret);
        _store = new BlockStore(frames, book, geometry);
        _leases = new LeaseTable(_store, book, geometry, Secret, now);
        _log = new OperationLog(book, geometry);
        _stream = new SegmentStream(_store, _leases, _log);
    }

    /// <summary>The segment's id.</summary>
    public SegmentId Id { get; }

    /// <summary>The segment's sizes.</summary>
    public SegmentGeometry Geometry { get; }

    /// <summary>The memory of its blocks now.</summary>
    public ArenaSlice Frames { get; private set; }

    /// <summary>The memory of its metadata and log now.</summary>
    public ArenaSlice Book { get; private set; }

    /// <summary>Derives and verifies the segment's lease ids.</summary>
    public LeaseSecret Secret { get; private set; }

    /// <summary>Blocks that can be taken. Exact for the executor; others may see it a moment late.</summary>
    public int FreeBlockCount => _leases.Supply.FreeCount;

    /// <summary>Blocks in leases.</summary>
    public int LeasedBlockCount => _leases.LeasedBlockCount;

    /// <summary>Leases that are alive.</summary>
    public int LeaseCount => _leases.LeaseCount;

    /// <summary>Leases that last until they are freed.</summary>
    public int KeptCount => _leases.KeptCount;

    /// <summary>Sequence of the newest operation.</summary>
    public ulong LastSequence => _log.Last;

    /// <summary>Sequence up to which every operation is committed.</summary>
    public ulong CommittedSequence => _log.Committed;

    /// <summary>Whether the segment serves nobody any more.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>When the segment wants a SWEEP; never, while nothing can run out. For the owner.</summary>
    public Tick WakeAt { get; private set; } = Tick.Never;

    /// <summary>Why the segment stopped serving, if it found its own state broken.</summary>
    public SegmentFaultException? Fault { get; private set; }

    /// <summary>What happened since the segment was made.</summary>
    public PoolCounters Counters => _stream.Counters;

    /// <summary>Copies bytes of one block. Lock-free; on any thread.</summary>
    /// <param name="block">Index of the block.</param>
    /// <param name="generation">The generation of the reader's lease.</param>
    /// <param name="offset">First byte in the block.</param>
    /// <param name="destination">Filled on success, cleared on failure.</param>
    /// <param name="ticket">To be confirmed before the bytes are used.</param>
    /// <returns>False when the lease is not the block's any more, or the bytes do not lie in the block.</returns>
    public bool Copy(int block, ulong generation, int offset, Span<byte> destination, out ReadTicket ticket)
    {
        ticket = default;
        ReadRight? right = Volatile.Read(ref _right);
        if (right is null || !_store.IsInside(block, offset, destination.Length) || right.Bars(block)
            || !_store.TryCopy(block, generation, offset, destination, out ulong version))
        {
            destination.Clear();
            return false;
        }

        ticket = new ReadTicket(right, version);
        return true;
    }

    /// <summary>The version of a block, without its bytes. Lock-free; on any thread.</summary>
    public bool Peek(int block, ulong generation, out ReadTicket ticket)
    {
        ticket = default;
        ReadRight? right = Volatile.Read(ref _right);
        if (right is null || (uint)block >= (uint)_store.BlockCount || right.Bars(block)) return false;
        if (!_store.TryGetVersion(block, generation, out ulong version)) return false;
        ticket = new ReadTicket(right, version);
        return true;
    }

    /// <summary>
    /// Whether what a copy relied on still holds at a moment read after it. Lock-free; on any thread. On false the caller must
    /// clear what it copied.
    /// </summary>
    public bool Confirm(in ReadTicket ticket, Tick now)
    {
        ReadRight? right = ticket.Right;
        return right is not null && ReferenceEquals(right, Volatile.Read(ref _right)) && now <= right.ValidUntil;
    }

    /// <summary>Zeroes a retired chain. On any thread, outside the executor, once for each entry of <see cref="Outbox.Retired"/>.</summary>
    public void Zero(int head) => _leases.Supply.Zero(head);

    /// <summary>The segment's copy in the protocol; null for a segment of one copy that no pool map knows.</summary>
    internal Replica? Replica { get; private set; }

    internal BlockStore Store => _store;

    internal LeaseTable Leases => _leases;

    internal OperationLog Log => _log;

    internal SegmentStream Stream => _stream;

    /// <summary>Makes the segment one copy of several, whose row in the pool map is given.</summary>
    internal void Replicate(Standing standing, SegmentRow row, Tick now)
    {
        SegmentFaultException.ThrowUnless(_log.Last == 0, "a segment is replicated from its first operation on");
        _right = null;
        _stream.IsReplicated = true;
        Replica = new Replica(this, standing, row, now);
    }

    /// <summary>A copy takes over the secret of the segment that it is a copy of.</summary>
    internal void TakeSecret(UInt128 key) => _leases.Secret = Secret = new LeaseSecret(key);

    /// <summary>Swaps the right to serve reads.</summary>
    internal void SetRight(ReadRight? right) => Volatile.Write(ref _right, right);

    /// <summary>Whether the right to serve reads is in force at a moment.</summary>
    internal bool MayServe(Tick now) => Volatile.Read(ref _right) is { } right && now <= right.ValidUntil;

    /// <summary>Carries out one input of a caller. One caller at a time.</summary>
    /// <returns>True when the outbox has the answer; false when it comes later, to the operation's completion.</returns>
    internal bool Step(in Operation operation, Tick now, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        var result = new OperationResult(Fault is null ? OperationStatus.NoSegment : OperationStatus.Lost);
        bool isAnswered = true;
        try
        {
            if (!IsClosed)
            {
                isAnswered = Replica is not null ? Replica.TryAnswer(operation, now, outbox, out result)
                    : operation.Kind == OperationKind.Close ? TryClose(out result)
                    : _stream.TryAnswer(operation, now, outbox, out result);
            }

            WakeAt = NextWake(now);
        }
        catch (Exception e)
        {
            // Whatever it is, the step was cut short and its state cannot be trusted. Nothing that input says leads here.
            Stop(e);
            (isAnswered, result) = (true, new OperationResult(OperationStatus.Lost));
        }

        outbox.Result = result;
        return isAnswered;
    }

    /// <summary>Takes a message of another node. One caller at a time.</summary>
    internal void Receive(NodeId from, SegmentMessage message, Tick now, Outbox outbox) =>
        Run(now, outbox, (From: from, Message: message), static (replica, input, now, outbox) => replica.Receive(input.From, input.Message, now, outbox));

    /// <summary>The segment's row is known in a newer epoch, or a proposed change of it is settled. One caller at a time.</summary>
    internal void Observe(SegmentRow row, ulong settledEpoch, Tick now, Outbox outbox) =>
        Run(now, outbox, (Row: row, SettledEpoch: settledEpoch), static (replica, input, now, outbox) => replica.Observe(input.Row, input.SettledEpoch, now, outbox));

    /// <summary>Time has passed, or something that the segment relies on may have changed. One caller at a time.</summary>
    internal void Elapse(Tick now, Outbox outbox)
    {
        WakeAt = Tick.Never;
        Run(now, outbox, 0, static (replica, _, now, outbox) => replica.Elapse(now, outbox));
    }

    private void Run<TInput>(Tick now, Outbox outbox, TInput input, Action<Replica, TInput, Tick, Outbox> step)
    {
        try
        {
            if (!IsClosed && Replica is { } replica) step(replica, input, now, outbox);
            WakeAt = NextWake(now);
        }
        catch (Exception e)
        {
            Stop(e);
        }
    }

    /// <summary>Only <see cref="Elapse"/> puts its next call off: were each input to, a segment with many inputs would never have it.</summary>
    private Tick NextWake(Tick now) => IsClosed ? Tick.Never : Replica is null ? _stream.WakeAt(now) : Tick.Min(WakeAt, Replica.WakeAt(now));

    /// <summary>Zeroes retired chains; what goes wrong there stops the segment.</summary>
    internal void ZeroAll(IReadOnlyList<int> heads)
    {
        try
        {
            for (int i = 0; i < heads.Count; i++) Zero(heads[i]);
        }
        catch (Exception e) when (e is ArenaFaultException or SegmentFaultException or ArgumentException)
        {
            Stop(e);
        }
    }

    /// <summary>Rather than serve a wrong byte, the segment serves nobody from here on; its host reports why.</summary>
    internal void Stop(Exception cause)
    {
        Fault ??= cause as SegmentFaultException ?? new SegmentFaultException(cause);
        Volatile.Write(ref _isClosed, true);
        Volatile.Write(ref _right, null);
        WakeAt = Tick.Never;
    }

    /// <summary>
    /// Moves the segment into other memory, zeroed as for a new one; id, leases, generations and contents stay. For the owner.
    /// The old slices are the caller's then, at once: a reader that still copies from them fails its <see cref="Confirm"/>.
    /// </summary>
    /// <returns>False when the segment is closed, or some blocks are being zeroed just now; nothing has changed then.</returns>
    public bool TryMove(ArenaSlice frames, ArenaSlice book)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(book);
        _leases.Supply.Reclaim();
        if (IsClosed || FreeBlockCount + LeasedBlockCount != _store.BlockCount) return false;
        if (Replica is { Role: not ReplicaRole.Primary and not ReplicaRole.Backup }) return false;
        int bookBytes = checked((int)Geometry.BookBytes);
        Book.GetSpan(0, bookBytes).CopyTo(book.GetSpan(0, bookBytes));
        _store.MoveTo(frames, book);
        _leases.MoveTo(book, Geometry);
        _log.MoveTo(book, Geometry);
        Frames = frames;
        Book = book;

        // After the new home is published: who sees the new right sees the new home, and who copied from the old one is refused.
        if (Replica is null) Volatile.Write(ref _right, new ReadRight([], authority: null));
        else Replica.Primary.RefreshRight();
        return true;
    }

    /// <summary>Walks the whole state and throws <see cref="SegmentFaultException"/> where an invariant does not hold. Slow; for the owner.</summary>
    public void CheckIntegrity()
    {
        _leases.CheckIntegrity();
        _log.CheckIntegrity();
        if (Replica is null) SegmentFaultException.ThrowUnless(_log.Committed == _log.Last, "with one copy every operation is committed at once");
    }

    /// <summary>Closes a segment of one copy, of which no pool map knows; another is given back by its row.</summary>
    private bool TryClose(out OperationResult result)
    {
        _leases.Supply.Reclaim();
        bool isEmpty = FreeBlockCount == _store.BlockCount;
        if (isEmpty)
        {
            Volatile.Write(ref _isClosed, true);
            Volatile.Write(ref _right, null);
        }

        result = new OperationResult(isEmpty ? OperationStatus.Ok : OperationStatus.Busy);
        return true;
    }
}
