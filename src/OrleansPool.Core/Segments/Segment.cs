using System.Buffers.Binary;
using OrleansPool.Core.Arenas;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// One segment of the fabric as a small state machine: a run of blocks of one pool, their leases, and the numbered stream of
/// operations that changes them.
/// </summary>
/// <remarks>
/// <para><see cref="Step"/> takes one input and the moment, and leaves in an outbox what its host must do. It is called by one
/// owner at a time (<see cref="SegmentExecutor"/>), takes no lock, waits for nothing and reads no clock.</para>
/// <para>An operation is checked (closed? session? right? bounds?), computed against the newest image of its block, given the next
/// sequence number, and put in the operation log with its resulting bytes and result. It is committed when every required backup
/// has it, and only then do its bytes reach the block: a block holds committed bytes only. A segment with one copy requires no
/// backup, so an operation is committed at once.</para>
/// <para>Reads are not operations. <see cref="Copy"/> and <see cref="Confirm"/> run on any thread beside the owner: copy under
/// the block's seqlock, then confirm that the right to read is still the one that was in force before. Reads never renew a
/// lease.</para>
/// <para>Zeroing happens outside: a lease that ends leaves its chain in the outbox as retired, and <see cref="Zero"/> may run on
/// any thread. The blocks are free from the next step on.</para>
/// </remarks>
public sealed class Segment
{
    /// <summary>Most blocks that one SWEEP looks at, so that it never holds the executor for long.</summary>
    public const int SweepBlockCountMax = 16 * 1024;

    private const ulong FirstEpoch = 1;

    private readonly BlockStore _store;
    private readonly LeaseTable _leases;
    private readonly OperationLog _log;
    private readonly SessionTable _sessions = new();
    private readonly SegmentCounters _counters = new();
    private readonly List<int> _expired = [];
    private int _sweepFrom;
    private ReadRight? _right = new(FirstEpoch, Tick.Never);

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
    }

    /// <summary>The segment's id.</summary>
    public SegmentId Id { get; }

    /// <summary>The segment's sizes.</summary>
    public SegmentGeometry Geometry { get; }

    /// <summary>The memory of its blocks now.</summary>
    public ArenaSlice Frames { get; private set; }

    /// <summary>The memory of its metadata and log now.</summary>
    public ArenaSlice Book { get; private set; }

    /// <summary>Derives and verifies the segment's lease ids. Immutable.</summary>
    public LeaseSecret Secret { get; }

    /// <summary>Blocks that can be taken. Exact for the executor; others may see it a moment late.</summary>
    public int FreeBlockCount => _leases.FreeBlockCount;

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
    public bool IsClosed => Volatile.Read(ref _right) is null;

    /// <summary>When the segment wants a SWEEP; never, while nothing can run out. For the owner.</summary>
    public Tick WakeAt { get; private set; } = Tick.Never;

    /// <summary>Why the segment stopped serving, if it found its own state broken.</summary>
    public SegmentFaultException? Fault { get; private set; }

    /// <summary>What happened since the segment was made.</summary>
    public PoolCounters Counters => _counters.Read();

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
        if (right is null || !IsInside(block, offset, destination.Length)
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
        if (right is null || (uint)block >= (uint)_store.BlockCount) return false;
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
    public void Zero(int head) => _leases.Zero(head);

    /// <summary>Carries out one input. One caller at a time.</summary>
    public void Step(in Operation operation, Tick now, Outbox outbox)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        OperationResult result = new(OperationStatus.NoSegment);
        try
        {
            if (!IsClosed) result = Apply(operation, now, outbox);
            WakeAt = _sweepFrom != 0 ? now : _leases.EarliestExpiry;
        }
        catch (SegmentFaultException fault)
        {
            // Rather than serve a wrong byte, the segment serves nobody from here on; its host reports why.
            Fault = fault;
            Volatile.Write(ref _right, null);
            WakeAt = Tick.Never;
        }

        outbox.Reply(operation.Completion, result);
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
        _leases.Reclaim();
        if (IsClosed || FreeBlockCount + LeasedBlockCount != _store.BlockCount) return false;
        int bookBytes = checked((int)Geometry.BookBytes);
        Book.GetSpan(0, bookBytes).CopyTo(book.GetSpan(0, bookBytes));
        _store.MoveTo(frames, book);
        _leases.MoveTo(book, Geometry);
        _log.MoveTo(book, Geometry);
        Frames = frames;
        Book = book;

        // After the new home is published: who sees the new right sees the new home, and who copied from the old one is refused.
        Volatile.Write(ref _right, new ReadRight(FirstEpoch, Tick.Never));
        return true;
    }

    /// <summary>Walks the whole state and throws <see cref="SegmentFaultException"/> where an invariant does not hold. Slow; for the owner.</summary>
    public void CheckIntegrity()
    {
        _leases.CheckIntegrity();
        _log.CheckIntegrity();
        SegmentFaultException.ThrowUnless(_log.Committed == _log.Last, "with one copy every operation is committed at once");
    }

    private OperationResult Apply(in Operation operation, Tick now, Outbox outbox)
    {
        switch (_sessions.Admit(operation.Request, now, out OperationResult first))
        {
            case SessionAdmission.Replay: return first;
            case SessionAdmission.Indeterminate: return new OperationResult(OperationStatus.Indeterminate);
            case SessionAdmission.TooManyOutstanding: return new OperationResult(OperationStatus.TooManyOutstanding);
        }

        OperationResult result = operation.Kind switch
        {
            OperationKind.Alloc => Alloc(operation, now),
            OperationKind.Free => Free(operation, outbox),
            OperationKind.Transfer => Transfer(operation, now),
            OperationKind.Keep => Keep(operation),
            OperationKind.Write => Write(operation),
            OperationKind.CompareExchange or OperationKind.Add => Combine(operation),
            OperationKind.OpenSession => OpenSession(now),
            OperationKind.Renew => Renew(operation, now),
            OperationKind.Inspect => Inspect(operation),
            OperationKind.Sweep => Sweep(now, outbox),
            OperationKind.ListKept => ListKept(),
            OperationKind.Close => Close(),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "A segment cannot be asked for this kind of operation."),
        };

        // A refusal is not an operation and leaves no record: the retry is judged anew.
        if (result.Sequence != 0) _sessions.Record(operation.Request, result);
        return result;
    }

    private OperationResult Alloc(in Operation operation, Tick now)
    {
        if (operation.Block <= 0) return new OperationResult(OperationStatus.OutOfBounds);
        if (!_leases.CanTake(operation.Block))
        {
            _counters.Exhaustions++;
            return new OperationResult(OperationStatus.Exhausted);
        }

        if (!TryLog(operation.Kind, operation.Request, 0, out ulong sequence, out _)) return new OperationResult(OperationStatus.Busy);
        int head = _leases.Alloc(operation.Block, operation.Duration, operation.Label, sequence, now);
        ref LogEntry entry = ref _log[sequence];
        entry.Block = head;
        entry.Offset = operation.Block;
        CommitAll();
        _counters.Leases++;
        return new OperationResult(OperationStatus.Ok, sequence) { Lease = _leases.View(head) };
    }

    private OperationResult Free(in Operation operation, Outbox outbox)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return new OperationResult(refusal);
        OperationResult result = End(OperationKind.Free, operation.Request, operation.Key.Head, outbox);
        if (result.Status == OperationStatus.Ok) _counters.Frees++;
        return result;
    }

    private OperationResult End(OperationKind kind, in RequestId request, int head, Outbox outbox)
    {
        if (!TryLog(kind, request, 0, out ulong sequence, out _)) return new OperationResult(OperationStatus.Busy);
        _log[sequence].Block = head;
        EndedLease ended = _leases.End(head, sequence, expired: kind == OperationKind.Expire);
        CommitAll();
        outbox.Retire(head, ended);
        return new OperationResult(OperationStatus.Ok, sequence);
    }

    private OperationResult Transfer(in Operation operation, Tick now)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return new OperationResult(refusal);
        if (!TryLog(operation.Kind, operation.Request, 0, out ulong sequence, out _)) return new OperationResult(OperationStatus.Busy);
        int head = operation.Key.Head;
        _log[sequence].Block = head;
        _leases.Transfer(head, sequence, now);
        CommitAll();
        return new OperationResult(OperationStatus.Ok, sequence) { Lease = _leases.View(head) };
    }

    private OperationResult Keep(in Operation operation)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return new OperationResult(refusal);
        int head = operation.Key.Head;
        ulong sequence = 0;
        if (!_leases.IsKept(head))
        {
            if (!TryLog(operation.Kind, operation.Request, 0, out sequence, out _)) return new OperationResult(OperationStatus.Busy);
            _log[sequence].Block = head;
            _leases.Keep(head, operation.Label ?? "");
            CommitAll();
        }

        return new OperationResult(OperationStatus.Ok, sequence) { Lease = _leases.View(head) };
    }

    private OperationResult Write(in Operation operation)
    {
        if (!MayChange(operation, operation.Bytes.Length, out OperationStatus refusal)) return new OperationResult(refusal);
        if (!TryLog(operation.Kind, operation.Request, operation.Bytes.Length, out ulong sequence, out Span<byte> bytes))
        {
            return new OperationResult(OperationStatus.Busy);
        }

        operation.Bytes.Span.CopyTo(bytes);
        return CommitWrite(operation, sequence, OperationStatus.Ok, 0);
    }

    /// <summary>Compare-exchange and add. A comparison that fails is an operation without bytes.</summary>
    private OperationResult Combine(in Operation operation)
    {
        if (!MayChange(operation, sizeof(long), out OperationStatus refusal)) return new OperationResult(refusal);
        if (operation.Offset % sizeof(long) != 0) return new OperationResult(OperationStatus.OutOfBounds);
        long found = BinaryPrimitives.ReadInt64LittleEndian(_store.BytesOf(operation.Block)[operation.Offset..]);
        bool isAdd = operation.Kind == OperationKind.Add;
        bool changes = isAdd || found == operation.Expected;
        if (!TryLog(operation.Kind, operation.Request, changes ? sizeof(long) : 0, out ulong sequence, out Span<byte> bytes))
        {
            return new OperationResult(OperationStatus.Busy);
        }

        long stored = isAdd ? unchecked(found + operation.Operand) : operation.Operand;
        if (changes) BinaryPrimitives.WriteInt64LittleEndian(bytes, stored);
        return CommitWrite(operation, sequence, changes ? OperationStatus.Ok : OperationStatus.Mismatch, isAdd ? stored : found);
    }

    private OperationResult CommitWrite(in Operation operation, ulong sequence, OperationStatus status, long value)
    {
        ref LogEntry entry = ref _log[sequence];
        entry.Block = operation.Block;
        entry.Offset = operation.Offset;
        entry.Status = status;
        entry.Value = value;
        CommitAll();
        _counters.Writes++;
        _counters.BytesWritten += entry.ByteLength;
        return new OperationResult(status, sequence, value);
    }

    private OperationResult OpenSession(Tick now)
    {
        if (_sessions.IsFull && _sessions.TryFindIdle(now, TimeSpan.Zero, out ulong idlest)) CloseSession(idlest);
        if (!TryLog(OperationKind.OpenSession, RequestId.None, 0, out ulong sequence, out _)) return new OperationResult(OperationStatus.Busy);
        _sessions.Open(sequence, now);
        CommitAll();
        return new OperationResult(OperationStatus.Ok, sequence, (long)sequence);
    }

    private void CloseSession(ulong session)
    {
        if (!TryLog(OperationKind.CloseSession, RequestId.None, 0, out ulong sequence, out _)) return;
        _log[sequence].Session = session;
        _sessions.Close(session);
        CommitAll();
    }

    private OperationResult Renew(in Operation operation, Tick now)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return new OperationResult(refusal);
        _leases.RestartDuration(operation.Key.Head, now);
        return new OperationResult(OperationStatus.Ok);
    }

    private OperationResult Inspect(in Operation operation)
    {
        if (!MayAct(operation.Key, LeaseRights.Read, out OperationStatus refusal)) return new OperationResult(refusal);
        return new OperationResult(OperationStatus.Ok) { Lease = _leases.View(operation.Key.Head) };
    }

    private OperationResult Sweep(Tick now, Outbox outbox)
    {
        _leases.Reclaim();
        if (_sweepFrom != 0 || _leases.EarliestExpiry <= now)
        {
            _expired.Clear();
            _sweepFrom = _leases.FindExpired(_sweepFrom, SweepBlockCountMax, now, _expired);
            foreach (int head in _expired)
            {
                if (End(OperationKind.Expire, RequestId.None, head, outbox).Status == OperationStatus.Ok) _counters.Expiries++;
            }
        }

        if (_sessions.TryFindIdle(now, SessionTable.IdleMax, out ulong idle)) CloseSession(idle);
        return new OperationResult(OperationStatus.Ok);
    }

    private OperationResult ListKept()
    {
        var kept = new List<KeptLease>(_leases.KeptCount);
        foreach ((int head, string region) in _leases.Regions)
        {
            LeaseView view = _leases.View(head);
            kept.Add(new KeptLease(view.Key, view.BlockCount, region));
        }

        return new OperationResult(OperationStatus.Ok) { Kept = [.. kept] };
    }

    private OperationResult Close()
    {
        _leases.Reclaim();
        if (FreeBlockCount != _store.BlockCount) return new OperationResult(OperationStatus.Busy);
        Volatile.Write(ref _right, null);
        return new OperationResult(OperationStatus.Ok);
    }

    private bool MayAct(in LeaseKey key, LeaseRights needed, out OperationStatus refusal)
    {
        refusal = _leases.Check(key, needed);
        if (refusal is OperationStatus.Fenced or OperationStatus.Expired) _counters.Fences++;
        return refusal == OperationStatus.Ok;
    }

    /// <summary>The one decision about access to bytes: right, fence, bounds.</summary>
    private bool MayChange(in Operation operation, int byteCount, out OperationStatus refusal)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out refusal)) return false;
        refusal = OperationStatus.OutOfBounds;
        return IsInside(operation.Block, operation.Offset, byteCount) && _store[operation.Block].Generation == operation.Key.Generation;
    }

    private bool IsInside(int block, int offset, int byteCount) =>
        (uint)block < (uint)_store.BlockCount && offset >= 0 && byteCount <= _store.BlockBytes && offset <= _store.BlockBytes - byteCount;

    private bool TryLog(OperationKind kind, in RequestId request, int byteCount, out ulong sequence, out Span<byte> bytes)
    {
        if (!_log.TryAppend(kind, byteCount, out sequence, out bytes)) return false;
        ref LogEntry entry = ref _log[sequence];
        entry.Session = request.Session;
        entry.Number = request.Number;
        return true;
    }

    /// <summary>Commits what every required backup has: with one copy, everything. Bytes go from the log into the blocks.</summary>
    private void CommitAll()
    {
        for (ulong sequence = _log.Committed + 1; sequence <= _log.Last; sequence++)
        {
            ref LogEntry entry = ref _log[sequence];
            if (entry.ByteLength > 0) _store.Commit(entry.Block, entry.Offset, _log.BytesOf(entry), sequence);
            _log.CommitTo(sequence);
        }
    }
}
