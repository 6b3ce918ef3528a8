using System.Collections.Immutable;

namespace OrleansPool.Core.Arenas;

/// <summary>The parts of an arena that nobody owns, as an immutable value: first fit, neighbours joined.</summary>
/// <remarks>
/// Immutable so that an arena can swap it with one compare-and-swap and needs no lock. Carving is rare: it happens per segment, not per block.
/// Invariants: ranges are sorted, not empty, and never touch; <see cref="Bytes"/> is their sum.
/// </remarks>
internal sealed class FreeRanges
{
    private readonly ImmutableArray<Range> _ranges;

    private FreeRanges(ImmutableArray<Range> ranges)
    {
        _ranges = ranges;
        foreach (Range range in ranges)
            Bytes += range.End - range.Start;
    }

    /// <summary>Bytes that are free in all.</summary>
    public long Bytes { get; }

    /// <summary>How many separate ranges are free.</summary>
    public int RangeCount => _ranges.Length;

    /// <summary>Everything from 0 to <paramref name="bytes"/>.</summary>
    public static FreeRanges Whole(long bytes) => new([new Range(0, bytes)]);

    /// <summary>Takes the first range that holds the bytes, aligned, with a margin free on both sides that is taken with it.</summary>
    /// <returns>What is left, or null when no range is large enough.</returns>
    public FreeRanges? TryTake(long bytes, long alignment, long margin, out long offset)
    {
        for (int i = 0; i < _ranges.Length; i++)
        {
            Range range = _ranges[i];
            offset = (range.Start + margin + alignment - 1) / alignment * alignment;
            long start = offset - margin;
            long end = offset + bytes + margin;
            if (end > range.End)
                continue;
            ImmutableArray<Range>.Builder left = ImmutableArray.CreateBuilder<Range>(_ranges.Length + 1);
            left.AddRange(_ranges.AsSpan()[..i]);
            if (start > range.Start)
                left.Add(new Range(range.Start, start));
            if (end < range.End)
                left.Add(new Range(end, range.End));
            left.AddRange(_ranges.AsSpan()[(i + 1)..]);
            return new FreeRanges(left.DrainToImmutable());
        }
        offset = 0;
        return null;
    }

    /// <summary>Puts a range back and joins it with its neighbours.</summary>
    /// <exception cref="ArenaFaultException">Part of the range is free already.</exception>
    public FreeRanges Put(long start, long end)
    {
        int at = 0;
        while (at < _ranges.Length && _ranges[at].End < start)
            at++;
        int past = at;
        Range joined = new(start, end);
        while (past < _ranges.Length && _ranges[past].Start <= end)
        {
            if (_ranges[past].Start < end && start < _ranges[past].End)
                throw new ArenaFaultException($"Arena bytes {start} to {end} are given back, but part of them is free already.");
            joined = new Range(Math.Min(joined.Start, _ranges[past].Start), Math.Max(joined.End, _ranges[past].End));
            past++;
        }
        return new FreeRanges([.. _ranges.AsSpan()[..at], joined, .. _ranges.AsSpan()[past..]]);
    }

    /// <summary>Throws where an invariant does not hold.</summary>
    public void CheckInvariants(long capacityBytes)
    {
        long previousEnd = -1;
        foreach (Range range in _ranges)
        {
            if (range.Start <= previousEnd || range.End <= range.Start || range.End > capacityBytes)
                throw new ArenaFaultException($"Free range {range} breaks the order after {previousEnd}, or exceeds {capacityBytes}.");
            previousEnd = range.End;
        }
    }

    private readonly record struct Range(long Start, long End);
}
