using System.Buffers.Binary;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The numbered stream of a segment: what each kind of operation checks, logs and changes. An operation is checked (session? right?
/// bounds?), computed against the newest image of its block, given the next sequence number, and put in the log with its resulting
/// bytes and result; then it is committed.
/// </summary>
/// <remarks>Owned by the segment's executor.</remarks>
internal sealed class SegmentStream(BlockStore store, LeaseTable leases, OperationLog log)
{
    private readonly BlockStore _store = store;
    private readonly LeaseTable _leases = leases;
    private readonly OperationLog _log = log;
    private readonly SessionTable _sessions = new();
    private readonly SegmentCounters _counters = new();
    private readonly List<int> _expired = [];
    private int _sweepFrom;

    /// <summary>What happened since the segment was made. Readers may see it a moment late.</summary>
    public PoolCounters Counters => _counters.Read();

    /// <summary>When a SWEEP is wanted; never, while nothing can run out.</summary>
    public Tick WakeAt(Tick now) => _sweepFrom != 0 ? now : Tick.Min(_leases.EarliestExpiry, _sessions.EarliestIdleEnd);

    /// <summary>Checks and carries out one input.</summary>
    public OperationResult Apply(in Operation operation, Tick now, Outbox outbox)
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
            OperationKind.Fence => Fence(operation),
            OperationKind.OpenSession => OpenSession(now),
            OperationKind.Renew => Renew(operation, now),
            OperationKind.Inspect => Inspect(operation),
            OperationKind.Sweep => Sweep(now, outbox),
            OperationKind.ListKept => ListKept(),
            OperationKind.ListLeases => ListLeases(operation, now),
            _ => new OperationResult(OperationStatus.OutOfBounds),
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
        int head = _leases.Alloc(operation.Block, operation.Duration, operation.Label, sequence, now, operation.Trace);
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

    private OperationResult Fence(in Operation operation)
    {
        if (!MayAct(operation.Key, LeaseRights.Owner, out OperationStatus refusal)) return new OperationResult(refusal);
        ulong newest = 0;
        refusal = _leases.Holds(operation.Key.Head, operation.Block, operation.Offset, operation.Operand)
            ? _leases.Fences.Check(operation, out newest)
            : OperationStatus.OutOfBounds;
        if (refusal != OperationStatus.Ok) return new OperationResult(refusal, 0, (long)newest);
        int byteCount = sizeof(long) + operation.Bytes.Length;
        if (!TryLog(operation.Kind, operation.Request, byteCount, out ulong sequence, out Span<byte> bytes)) return new OperationResult(OperationStatus.Busy);
        ref LogEntry entry = ref _log[sequence];
        (entry.Block, entry.Offset, entry.Value) = (operation.Block, operation.Offset, (long)operation.Fence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, operation.Operand);
        operation.Bytes.Span.CopyTo(bytes[sizeof(long)..]);
        _leases.Fences.Apply(operation);
        CommitAll();
        return new OperationResult(OperationStatus.Ok, sequence, (long)newest);
    }

    private OperationResult OpenSession(Tick now)
    {
        if (_sessions.IsFull && _sessions.TryFindIdle(now, TimeSpan.Zero, out ulong idlest)) CloseSession(idlest);
        if (!TryLog(OperationKind.OpenSession, RequestId.None, 0, out ulong sequence, out _)) return new OperationResult(OperationStatus.Busy);
        _sessions.Open(sequence, now);
        CommitAll();
        return new OperationResult(OperationStatus.Ok, sequence, (long)sequence);
    }

    private bool CloseSession(ulong session)
    {
        if (!TryLog(OperationKind.CloseSession, RequestId.None, 0, out ulong sequence, out _)) return false;
        _log[sequence].Session = session;
        _sessions.Close(session);
        CommitAll();
        return true;
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
            _sweepFrom = _leases.FindExpired(_sweepFrom, Segment.SweepBlockCountMax, now, _expired);
            foreach (int head in _expired)
            {
                if (End(OperationKind.Expire, RequestId.None, head, outbox).Status == OperationStatus.Ok) _counters.Expiries++;
            }
        }

        while (_sessions.TryFindIdle(now, SessionTable.IdleMax, out ulong idle) && CloseSession(idle))
        {
            // Each is an operation of its own; there are at most SessionTable.SessionCountMax.
        }

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

    private OperationResult ListLeases(in Operation operation, Tick now)
    {
        if (operation.Block < 0 || operation.Offset is < 1 or > LeaseQuery.CountMax) return new OperationResult(OperationStatus.OutOfBounds);
        ListedLease[] listed = _leases.List(
            operation.Block, Segment.SweepBlockCountMax, (LeaseOrder)operation.Operand, operation.Offset, now, out int next);
        return new OperationResult(OperationStatus.Ok, Value: next) { Listed = listed };
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
            if (entry.ByteLength > 0 && entry.Kind != OperationKind.Fence) _store.Commit(entry.Block, entry.Offset, _log.BytesOf(entry), sequence);
            _log.CommitTo(sequence);
        }
    }
}
