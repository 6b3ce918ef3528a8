using System.Diagnostics.CodeAnalysis;
using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Segments;

/// <summary>
/// The recent part of a segment's stream: the last operations with their resulting bytes and results. What is in it never
/// changes; the oldest committed entries make room for new ones.
/// </summary>
/// <remarks>
/// Owned by the segment's executor. Invariants:
/// <code>
/// first &lt;= committed + 1 &lt;= next,   next - first &lt;= entry count
/// ring end of the newest - ring start of the oldest &lt;= ring bytes
/// </code>
/// Bytes of one entry are contiguous: an entry that would cross the end of the ring starts at its beginning.
/// </remarks>
internal sealed class OperationLog
{
    private NativeTable<LogEntry> _entries;
    private ArenaSlice _slice;
    private readonly long _ringAt;
    private readonly int _ringBytes;
    private ulong _first = 1;
    private ulong _next = 1;
    private long _ringNext;

    public OperationLog(ArenaSlice slice, SegmentGeometry geometry)
    {
        MoveTo(slice, geometry);
        _ringAt = geometry.LogRingAt;
        _ringBytes = geometry.LogRingBytes;
    }

    /// <summary>Goes on in other memory, which holds a copy already.</summary>
    [MemberNotNull(nameof(_slice), nameof(_entries))]
    public void MoveTo(ArenaSlice slice, SegmentGeometry geometry)
    {
        _slice = slice;
        _entries = new NativeTable<LogEntry>(slice, geometry.LogEntriesAt, geometry.LogEntryCount);
    }

    /// <summary>Sequence of the last operation of which every replica is known to have it.</summary>
    public ulong Committed { get; private set; }

    /// <summary>Sequence of the newest operation; 0 before the first.</summary>
    public ulong Last => _next - 1;

    /// <summary>Sequence of the oldest operation still here.</summary>
    public ulong First => _first;

    /// <summary>Adds an operation; the caller fills in what is not given here, and the bytes.</summary>
    /// <returns>False when only uncommitted entries, or ones that somebody still needs, could make room.</returns>
    public bool TryAppend(OperationKind kind, ulong epoch, int byteCount, out ulong sequence, out Span<byte> bytes)
    {
        sequence = 0;
        bytes = default;
        if (byteCount > _ringBytes) return false;
        long start = _ringNext;
        long untilEnd = _ringBytes - (start % _ringBytes);
        if (byteCount > untilEnd) start += untilEnd;
        long end = start + byteCount;

        // In a log that has become empty the whole ring is free, wherever the last entry ended.
        while (_next - _first == (ulong)_entries.Count || end - (_first < _next ? RingOldest : start) > _ringBytes)
        {
            if (_first > Committed) return false;
            _first++;
        }

        sequence = _next++;
        _ringNext = end;
        this[sequence] = new LogEntry { Sequence = sequence, Epoch = epoch, Kind = kind, RingStart = start, ByteLength = byteCount };
        bytes = Bytes(start, byteCount);
        return true;
    }

    /// <summary>Whether an entry is still here.</summary>
    public bool Has(ulong sequence) => sequence >= _first && sequence < _next;

    /// <summary>Begins anew after some operation: the state up to it came as a snapshot. The log is empty then.</summary>
    public void BeginAfter(ulong sequence)
    {
        _first = _next = sequence + 1;
        Committed = sequence;
    }

    /// <summary>The entry of a sequence that is still here.</summary>
    public ref LogEntry this[ulong sequence] => ref _entries[(int)(sequence % (ulong)_entries.Count)];

    /// <summary>The bytes of an entry.</summary>
    public ReadOnlySpan<byte> BytesOf(in LogEntry entry) => Bytes(entry.RingStart, entry.ByteLength);

    /// <summary>Moves the commit point to an operation that is here.</summary>
    public void CommitTo(ulong sequence)
    {
        SegmentFaultException.ThrowUnless(sequence >= Committed, "the commit point only rises");
        SegmentFaultException.ThrowUnless(sequence < _next, "the commit point lies within the log");
        Committed = sequence;
    }

    /// <summary>Moves the commit point over what is committed without a gap.</summary>
    public void AdvanceCommitted()
    {
        while (Committed + 1 < _next && this[Committed + 1].IsCommitted) Committed++;
    }

    public void CheckIntegrity()
    {
        SegmentFaultException.ThrowUnless(_first <= Committed + 1, "first <= committed + 1");
        SegmentFaultException.ThrowUnless(Committed < _next, "committed + 1 <= next");
        SegmentFaultException.ThrowUnless(_next - _first <= (ulong)_entries.Count, "the log holds at most its entry count");
        SegmentFaultException.ThrowUnless(_ringNext - RingOldest <= _ringBytes, "the log holds at most its ring");
        for (ulong sequence = _first; sequence < _next; sequence++)
        {
            SegmentFaultException.ThrowUnless(this[sequence].Sequence == sequence, "an entry stands at its sequence");
        }
    }

    private long RingOldest => _first < _next ? this[_first].RingStart : _ringNext;

    private Span<byte> Bytes(long start, int count) => _slice.GetSpan(_ringAt + (start % _ringBytes), count);
}
