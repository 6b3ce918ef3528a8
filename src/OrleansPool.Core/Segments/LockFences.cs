using System.Runtime.InteropServices;
using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// Which lock fences writes to one lease may carry, by the byte: the newest lock that was granted on a byte, and the earlier ones
/// that share it. A write that carries any other fence is refused there; so is one where no fence was ever set.
/// </summary>
/// <remarks>
/// <para>An exact match, not a lowest number, because of what it rules out: a holder of a shared lock whose time is up while others go
/// on; memory that came to the range after the lock was granted; bytes beside the locked ones. And because forgetting an
/// interval can only refuse, it is always safe.</para>
/// <para>Owned by the segment's executor. Positions are bytes of the segment: block * block bytes + offset. Invariant: intervals are
/// not empty, in order, disjoint, at most <see cref="IntervalCountMax"/>; neighbours that touch differ in their fences.</para>
/// </remarks>
internal sealed class LockFences
{
    /// <summary>Most intervals of one lease.</summary>
    public const int IntervalCountMax = 4096;

    /// <summary>Most earlier fences that one interval lets through beside the newest: what a log entry holds in the smallest ring.</summary>
    public const int EarlierCountMax = 500;

    private readonly List<Interval> _intervals = [];
    private readonly List<Interval> _pieces = [];

    /// <summary>Whether every one of some bytes lets a fence through.</summary>
    public bool Permit(long start, int byteCount, ulong fence)
    {
        long end = start + byteCount;
        for (int i = FirstEndingAfter(start); start < end; i++)
        {
            if (i == _intervals.Count || _intervals[i].Start > start || !_intervals[i].Permits(fence)) return false;
            start = _intervals[i].End;
        }

        return true;
    }

    /// <summary>Whether a fence may be set: not over a newer one that does not share the bytes with it.</summary>
    public OperationStatus Check(long start, long end, ulong fence, ReadOnlySpan<ulong> earlier, out ulong newest)
    {
        newest = 0;
        int first = FirstEndingAfter(start);
        for (int i = first; i < _intervals.Count && _intervals[i].Start < end; i++)
        {
            newest = Math.Max(newest, _intervals[i].Newest);
            if (_intervals[i].Newest >= fence && !_intervals[i].Permits(fence)) return OperationStatus.LockFenced;
        }

        int removed = Cut(first, start, end, fence, earlier.ToArray());
        return _intervals.Count - removed + _pieces.Count > IntervalCountMax ? OperationStatus.TooManyFences : OperationStatus.Ok;
    }

    /// <summary>Sets a fence that <see cref="Check"/> found Ok. Doing it again changes nothing.</summary>
    public void Set(long start, long end, ulong fence, ReadOnlySpan<ulong> earlier)
    {
        int first = FirstEndingAfter(start);
        int removed = Cut(first, start, end, fence, earlier.ToArray());
        _intervals.RemoveRange(first, removed);
        _intervals.InsertRange(first, _pieces);
        for (int i = Math.Min(first + _pieces.Count, _intervals.Count - 1); i > Math.Max(first - 1, 0); i--)
        {
            if (!_intervals[i - 1].Continues(_intervals[i])) continue;
            _intervals[i - 1] = _intervals[i - 1] with { End = _intervals[i].End };
            _intervals.RemoveAt(i);
        }
    }

    /// <summary>Forgets the intervals of locks that have ended: those that let neither a living fence through, nor one newer than the caller knows.</summary>
    public void Prune(ReadOnlySpan<ulong> living, ulong newestKnown)
    {
        HashSet<ulong> alive = [.. living];
        _intervals.RemoveAll(interval =>
            interval.Newest <= newestKnown && !alive.Contains(interval.Newest) && !Array.Exists(interval.Earlier, alive.Contains));
    }

    public void WriteTo(SnapshotWriter writer)
    {
        writer.Write((long)_intervals.Count);
        foreach (Interval interval in _intervals)
        {
            writer.Write(interval.Start);
            writer.Write(interval.End);
            writer.Write(interval.Newest);
            writer.Write(MemoryMarshal.AsBytes(interval.Earlier.AsSpan()));
        }
    }

    public void ReadFrom(SnapshotReader reader)
    {
        for (long left = reader.ReadInt64(); left > 0; left--)
        {
            _intervals.Add(new Interval(
                reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), MemoryMarshal.Cast<byte, ulong>(reader.ReadBytes()).ToArray()));
        }
    }

    public void CheckIntegrity()
    {
        SegmentFaultException.ThrowUnless(_intervals.Count <= IntervalCountMax, "a lease has at most so many fenced intervals");
        for (int i = 0; i < _intervals.Count; i++)
        {
            SegmentFaultException.ThrowUnless(_intervals[i].Start < _intervals[i].End, "a fenced interval is not empty");
            if (i == 0) continue;
            SegmentFaultException.ThrowUnless(_intervals[i - 1].End <= _intervals[i].Start, "fenced intervals are in order and disjoint");
        }
    }

    private int FirstEndingAfter(long start)
    {
        int low = 0;
        for (int high = _intervals.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (CollectionsMarshal.AsSpan(_intervals)[middle].End > start) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>Works out what takes the place of the intervals that some bytes touch, into <see cref="_pieces"/>.</summary>
    /// <returns>How many intervals are replaced.</returns>
    private int Cut(int first, long start, long end, ulong fence, ulong[] earlier)
    {
        _pieces.Clear();
        int i = first;
        for (; i < _intervals.Count && _intervals[i].Start < end; i++)
        {
            Interval old = _intervals[i];
            if (old.Start < start) _pieces.Add(old with { End = start });
            long from = Math.Max(old.Start, start);
            long to = Math.Min(old.End, end);
            if (start < from) _pieces.Add(new Interval(start, from, fence, earlier));
            _pieces.Add(old.Permits(fence) ? old with { Start = from, End = to } : new Interval(from, to, fence, earlier));
            start = to;
            if (old.End > end) _pieces.Add(old with { Start = end });
        }

        if (start < end) _pieces.Add(new Interval(start, end, fence, earlier));
        return i - first;
    }

    private readonly record struct Interval(long Start, long End, ulong Newest, ulong[] Earlier)
    {
        public bool Permits(ulong fence) => fence == Newest || Array.IndexOf(Earlier, fence) >= 0;

        public bool Continues(in Interval next) =>
            End == next.Start && Newest == next.Newest && Earlier.AsSpan().SequenceEqual(next.Earlier);
    }
}
