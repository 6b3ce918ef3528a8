using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using OrleansPool.Core.Replication;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The numbered stream of a segment, as its primary writes it. An operation is checked (session? right? bounds? fence?), computed
/// against the newest image of its block, given the next sequence number, and put in the log with its resulting bytes and result.
/// When it is committed, <see cref="EntryApplication"/> carries it out and whoever waits is told.
/// </summary>
/// <remarks>
/// <para>A segment of one copy commits in the same step. With backups the state is that of the committed operations, and what is
/// pending stands in the log alone: a comparison looks at the log's newer bytes too, blocks of a pending ALLOC are reserved, and
/// whatever would be judged by a pending change of a lease or session waits for it (<see cref="PendingOperations"/>).</para>
/// <para>Owned by the segment's executor.</para>
/// </remarks>
internal sealed class SegmentStream
{
    /// <summary>Not a refusal: the operation stands in the log, and its result with it.</summary>
    private const OperationStatus Logged = (OperationStatus)byte.MaxValue;

    private static readonly TimeSpan ExpiryRetry = TimeSpan.FromMilliseconds(10);

    private readonly BlockStore _store;
    private readonly LeaseTable _leases;
    private readonly OperationLog _log;
    private readonly LeaseListing _listing;
    private readonly EntryApplication _application;
    private readonly SegmentCounters _counters = new();
    private readonly List<int> _expired = [];
    private readonly List<BlockRun> _runs = [];
    private int _sweepFrom;

    public SegmentStream(BlockStore store, LeaseTable leases, OperationLog log)
    {
        _store = store;
        _leases = leases;
        _log = log;
        _listing = new LeaseListing(store, leases);
        _application = new EntryApplication(store, leases, _listing, Sessions, log);
        Pending = new PendingOperations(log);
    }

    /// <summary>The sessions.</summary>
    public SessionTable Sessions { get; } = new();

    /// <summary>What is logged and not committed. Empty in a segment of one copy.</summary>
    public PendingOperations Pending { get; }

    /// <summary>The epoch of what is logged from now on.</summary>
    public ulong Epoch { get; set; } = 1;

    /// <summary>Whether operations wait for backups before they are committed.</summary>
    public bool IsReplicated { get; set; }

    /// <summary>What happened since the segment was made. Readers may see it a moment late.</summary>
    public PoolCounters Counters => _counters.Read();

    /// <summary>When a SWEEP is wanted; never, while nothing can run out.</summary>
    public Tick WakeAt(Tick now) => _sweepFrom != 0 ? now : Tick.Min(_leases.EarliestExpiry, Sessions.EarliestIdleEnd);

    /// <summary>Checks and logs one input.</summary>
    /// <param name="operation">The input.</param>
    /// <param name="now">The moment.</param>
    /// <param name="outbox">What the host must do.</param>
    /// <param name="result">The answer, on true.</param>
    /// <returns>False when the answer comes later, to the operation's completion.</returns>
    public bool TryAnswer(in Operation operation, Tick now, Outbox outbox, out OperationResult result)
    {
        if (IsReplicated && Pending.TryFindBlocker(operation, out ulong blocker))
        {
            result = new OperationResult(OperationStatus.Busy);
            return !Pending.TryDefer(blocker, operation);
        }

        switch (Sessions.Admit(operation.Request, now, out result))
        {
            case SessionAdmission.Replay:
                return true;
            case SessionAdmission.Indeterminate:
                result = new OperationResult(OperationStatus.Indeterminate);
                return true;
            case SessionAdmission.TooManyOutstanding:
                result = new OperationResult(OperationStatus.TooManyOutstanding);
                return true;
        }

        OperationStatus status = operation.Kind switch
        {
            OperationKind.Alloc => LogAlloc(operation),
            OperationKind.Free or OperationKind.Transfer => LogOnLease(operation),
            OperationKind.Keep => LogKeep(operation, out result),
            OperationKind.Write => LogWrite(operation),
            OperationKind.CompareExchange or OperationKind.Add => LogCombination(operation),
            OperationKind.Fence => LogFence(operation, out result),
            OperationKind.OpenSession => LogOpenSession(now, outbox),
            _ => Answer(operation, now, outbox, out result),
        };
        if (status != Logged)
        {
            // A refusal is not an operation and leaves no record: the retry is judged anew.
            if (result.Status != status) result = result with { Status = status };
            return true;
        }

        return TryComplete(_log.Last, operation.Completion, now, outbox, out result);
    }

    /// <summary>Carries out a committed operation, and tells.</summary>
    /// <param name="sequence">Which.</param>
    /// <param name="now">The moment.</param>
    /// <param name="outbox">Gets the answers.</param>
    /// <param name="validUntil">Until when the answer may be given.</param>
    /// <returns>What may be judged now; null for nothing.</returns>
    public Queue<Operation>? Commit(ulong sequence, Tick now, Outbox outbox, Tick validUntil)
    {
        OperationResult result = Apply(sequence, now, outbox);
        _log[sequence].IsCommitted = true;
        Queue<Operation>? freed = Pending.Remove(_log[sequence], out IOperationCompletion? completion);
        outbox.Reply(completion, result, validUntil);
        return freed;
    }

    /// <summary>Carries out what a backup received.</summary>
    public void ApplyReceived(ulong sequence, Tick now, Outbox outbox, bool appliesBytes) =>
        _application.Apply(sequence, now, outbox, appliesBytes);

    /// <summary>Ends what has run out.</summary>
    public void Sweep(Tick now, Outbox outbox)
    {
        _leases.Supply.Reclaim();
        if (_sweepFrom != 0 || _leases.EarliestExpiry <= now)
        {
            _expired.Clear();
            _sweepFrom = _leases.FindExpired(_sweepFrom, Segment.SweepBlockCountMax, now, _expired);
            foreach (int head in _expired)
            {
                bool isFree = !IsReplicated || !Pending.IsChanging(head);
                if (isFree && TryLog(OperationKind.Expire, RequestId.None, head, 0, out _)) Complete(now, outbox);
                else _leases.ExpectExpiry(now + ExpiryRetry);
            }
        }

        while (Sessions.TryFindIdle(now, SessionTable.IdleMax, out ulong idle) && TryCloseSession(idle, now, outbox))
        {
            // Each is an operation of its own; there are at most SessionTable.SessionCountMax.
        }
    }

    /// <summary>The newest bytes of a block, pending ones among them.</summary>
    /// <param name="block">Which.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="bytes">Gets them.</param>
    /// <returns>Sequence of the newest operation on the block.</returns>
    public ulong ReadNewest(int block, int offset, Span<byte> bytes)
    {
        ulong newest = _store[block].Version >> 1;
        _store.BytesOf(block).Slice(offset, bytes.Length).CopyTo(bytes);
        for (ulong sequence = _log.Committed + 1; sequence <= _log.Last; sequence++)
        {
            ref LogEntry entry = ref _log[sequence];
            if (entry.IsCommitted || entry.Block != block || !entry.ChangesBytes) continue;
            Overlap.Copy(_log.BytesOf(entry), entry.Offset, bytes, offset);
            newest = Math.Max(newest, sequence);
        }

        return newest;
    }

    private OperationStatus LogAlloc(in Operation operation)
    {
        if (operation.Block <= 0) return OperationStatus.OutOfBounds;
        if (!_leases.Supply.CanTake(operation.Block))
        {
            _counters.Exhaustions++;
            return OperationStatus.Exhausted;
        }

        _runs.Clear();
        _leases.Supply.Reserve(operation.Block, _runs);
        ReadOnlySpan<BlockRun> runs = CollectionsMarshal.AsSpan(_runs);
        if (!TryLog(OperationKind.Alloc, operation.Request, runs[0].First, AllocRecord.BytesFor(operation.Label, runs.Length), out Span<byte> bytes))
        {
            _leases.Supply.Unreserve(runs);
            return OperationStatus.Busy;
        }

        AllocRecord.Write(bytes, operation, runs);
        _log[_log.Last].Offset = operation.Block;
        return Logged;
    }

    private OperationStatus LogOnLease(in Operation operation)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return refusal;
        return TryLog(operation.Kind, operation.Request, operation.Key.Head, 0, out _) ? Logged : OperationStatus.Busy;
    }

    private OperationStatus LogKeep(in Operation operation, out OperationResult result)
    {
        result = default;
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return refusal;
        if (_leases.IsKept(operation.Key.Head))
        {
            result = new OperationResult(OperationStatus.Ok) { Lease = _listing.View(operation.Key.Head) };
            return OperationStatus.Ok;
        }

        string region = operation.Label ?? "";
        int byteCount = Encoding.UTF8.GetByteCount(region);
        if (!TryLog(operation.Kind, operation.Request, operation.Key.Head, byteCount, out Span<byte> bytes)) return OperationStatus.Busy;
        Encoding.UTF8.GetBytes(region, bytes);
        return Logged;
    }

    private OperationStatus LogWrite(in Operation operation)
    {
        if (!MayChange(operation, operation.Bytes.Length, out OperationStatus refusal)) return refusal;
        if (!TryLog(operation.Kind, operation.Request, operation.Block, operation.Bytes.Length, out Span<byte> bytes)) return OperationStatus.Busy;
        operation.Bytes.Span.CopyTo(bytes);
        return LogChange(operation, OperationStatus.Ok, 0);
    }

    /// <summary>Compare-exchange and add. A comparison that fails is an operation without bytes.</summary>
    private OperationStatus LogCombination(in Operation operation)
    {
        if (!MayChange(operation, sizeof(long), out OperationStatus refusal)) return refusal;
        if (operation.Offset % sizeof(long) != 0) return OperationStatus.OutOfBounds;
        Span<byte> newest = stackalloc byte[sizeof(long)];
        if (Mutant.Is(Mutation.CombinesWithCommitted)) _store.BytesOf(operation.Block).Slice(operation.Offset, newest.Length).CopyTo(newest);
        else ReadNewest(operation.Block, operation.Offset, newest);
        long found = BinaryPrimitives.ReadInt64LittleEndian(newest);
        bool isAdd = operation.Kind == OperationKind.Add;
        bool changes = isAdd || found == operation.Expected;
        if (!TryLog(operation.Kind, operation.Request, operation.Block, changes ? sizeof(long) : 0, out Span<byte> bytes)) return OperationStatus.Busy;
        long stored = isAdd ? unchecked(found + operation.Operand) : operation.Operand;
        if (changes) BinaryPrimitives.WriteInt64LittleEndian(bytes, stored);
        return LogChange(operation, changes ? OperationStatus.Ok : OperationStatus.Mismatch, isAdd ? stored : found);
    }

    private OperationStatus LogChange(in Operation operation, OperationStatus status, long value)
    {
        ref LogEntry entry = ref _log[_log.Last];
        entry.Offset = operation.Offset;
        entry.Status = status;
        entry.Value = value;
        return Logged;
    }

    private OperationStatus LogFence(in Operation operation, out OperationResult result)
    {
        result = default;
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return refusal;
        ulong newest = 0;
        refusal = _leases.Holds(operation.Key.Head, operation.Block, operation.Offset, operation.Operand)
            ? _leases.Fences.Check(operation, out newest)
            : OperationStatus.OutOfBounds;
        result = new OperationResult(refusal, 0, (long)newest);
        if (refusal != OperationStatus.Ok) return refusal;
        if (!TryLog(operation.Kind, operation.Request, operation.Key.Head, FencedLeases.RecordBytesFor(operation), out Span<byte> bytes))
        {
            return OperationStatus.Busy;
        }

        _leases.Fences.WriteRecord(operation, bytes);
        _log[_log.Last].Value = (long)newest;
        return Logged;
    }

    private OperationStatus LogOpenSession(Tick now, Outbox outbox)
    {
        if (Sessions.IsFull && Sessions.TryFindIdle(now, TimeSpan.Zero, out ulong idlest)) TryCloseSession(idlest, now, outbox);
        if (!TryLog(OperationKind.OpenSession, RequestId.None, 0, 0, out _)) return OperationStatus.Busy;
        _log[_log.Last].Value = (long)_log.Last;
        return Logged;
    }

    private bool TryCloseSession(ulong session, Tick now, Outbox outbox)
    {
        if (!TryLog(OperationKind.CloseSession, RequestId.None, 0, 0, out _)) return false;
        _log[_log.Last].Session = session;
        Sessions.BeginClosing(session);
        Complete(now, outbox);
        return true;
    }

    /// <summary>What is local to the primary: it takes no place in the stream.</summary>
    private OperationStatus Answer(in Operation operation, Tick now, Outbox outbox, out OperationResult result)
    {
        result = default;
        switch (operation.Kind)
        {
            case OperationKind.Renew or OperationKind.Inspect:
                LeaseRights needed = operation.Kind == OperationKind.Renew ? LeaseRights.Owner : LeaseRights.Read;
                if (!MayAct(operation.Key, needed, out OperationStatus refusal)) return refusal;
                if (operation.Kind == OperationKind.Renew) _leases.RestartDuration(operation.Key.Head, now);
                else result = new OperationResult(OperationStatus.Ok) { Lease = _listing.View(operation.Key.Head) };
                return OperationStatus.Ok;
            case OperationKind.Sweep:
                Sweep(now, outbox);
                return OperationStatus.Ok;
            case OperationKind.ListKept:
                result = new OperationResult(OperationStatus.Ok) { Kept = _listing.ListKept() };
                return OperationStatus.Ok;
            case OperationKind.ListLeases when operation.Block >= 0 && operation.Offset is >= 1 and <= LeaseQuery.CountMax:
                ListedLease[] listed = _listing.List(
                    operation.Block, Segment.SweepBlockCountMax, (LeaseOrder)operation.Operand, operation.Offset, now, out int next);
                result = new OperationResult(OperationStatus.Ok, Value: next) { Listed = listed };
                return OperationStatus.Ok;
            default:
                return OperationStatus.OutOfBounds;
        }
    }

    private bool MayAct(in LeaseKey key, LeaseRights needed, out OperationStatus refusal)
    {
        refusal = _leases.Check(key, needed);
        if (refusal is OperationStatus.Fenced or OperationStatus.Expired) _counters.Fences++;
        return refusal == OperationStatus.Ok;
    }

    /// <summary>The one decision about access to bytes: right, fence, bounds, and the fence of the lock if the write names one.</summary>
    private bool MayChange(in Operation operation, int byteCount, out OperationStatus refusal)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out refusal)) return false;
        refusal = OperationStatus.OutOfBounds;
        if (!_store.IsInside(operation.Block, operation.Offset, byteCount) || _store[operation.Block].Generation != operation.Key.Generation) return false;
        if (_leases.Fences.Permits(operation, byteCount)) return true;
        refusal = OperationStatus.LockFenced;
        _counters.Fences++;
        return false;
    }

    private bool TryLog(OperationKind kind, in RequestId request, int block, int byteCount, out Span<byte> bytes)
    {
        if (!_log.TryAppend(kind, Epoch, byteCount, out ulong sequence, out bytes)) return false;
        ref LogEntry entry = ref _log[sequence];
        entry.Session = request.Session;
        entry.Number = request.Number;
        entry.Lead = (byte)(request.Number - Math.Min(request.Number, request.LowestUnanswered));
        entry.Block = block;
        return true;
    }

    private void Complete(Tick now, Outbox outbox) => TryComplete(_log.Last, null, now, outbox, out _);

    /// <summary>With one copy an operation is committed at once. With more, somebody has to hear of it first.</summary>
    private bool TryComplete(ulong sequence, IOperationCompletion? completion, Tick now, Outbox outbox, out OperationResult result)
    {
        if (IsReplicated)
        {
            Pending.Add(_log[sequence], completion);
            result = default;
            return false;
        }

        result = Apply(sequence, now, outbox);
        _log[sequence].IsCommitted = true;
        _log.CommitTo(sequence);
        return true;
    }

    private OperationResult Apply(ulong sequence, Tick now, Outbox outbox)
    {
        Count(_log[sequence]);
        return _application.Apply(sequence, now, outbox);
    }

    private void Count(in LogEntry entry)
    {
        switch (entry.Kind)
        {
            case OperationKind.Alloc:
                _counters.Leases++;
                break;
            case OperationKind.Free:
                _counters.Frees++;
                break;
            case OperationKind.Expire:
                _counters.Expiries++;
                break;
            case OperationKind.Write or OperationKind.CompareExchange or OperationKind.Add:
                _counters.Writes++;
                _counters.BytesWritten += entry.ByteLength;
                break;
        }
    }
}
