namespace OrleansPool.Client.Locks;

/// <summary>Checks the arguments of a lock, and says which limit was broken.</summary>
internal static class LockValidation
{
    /// <returns>The ranges in order, with those that overlap or touch made one.</returns>
    public static LockRange[] Validate(IReadOnlyList<LockRange> ranges, LockMode mode, LockOptions options, long length)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (ranges.Count is 0 or > LockOptions.RangeCountMax)
        {
            throw new ArgumentException($"A lock is on 1 to {LockOptions.RangeCountMax} ranges; this one names {ranges.Count}.", nameof(ranges));
        }

        foreach (LockRange range in ranges)
        {
            if (range.Offset < 0) throw new ArgumentOutOfRangeException(nameof(ranges), range.Offset, "The first byte of a lock is 0 or later.");
            if (range.Bytes < 1) throw new ArgumentOutOfRangeException(nameof(ranges), range.Bytes, "A lock is on at least one byte.");
            if (range.Offset <= length - range.Bytes) continue;
            throw new ArgumentOutOfRangeException(
                nameof(ranges), range.Offset, $"{range.Bytes} bytes from {range.Offset} do not lie inside the region, which has {length} bytes.");
        }

        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "A lock is exclusive or shared.");
        ValidateSlots(mode, options.Slots);
        ThrowUnlessWithin(options.Duration, LockOptions.DurationMin, LockOptions.DurationMax, "A lock's duration", nameof(options));
        ThrowUnlessWithin(options.WaitUpTo, TimeSpan.Zero, LockOptions.WaitUpToMax, "The wait for a lock", nameof(options));
        ArgumentNullException.ThrowIfNull(options.Owner);
        if (options.Owner.Length > LockOptions.OwnerLengthMax)
        {
            throw new ArgumentException(
                $"An owner label has at most {LockOptions.OwnerLengthMax} characters; this one has {options.Owner.Length}.", nameof(options));
        }

        return Merge(ranges);
    }

    private static void ValidateSlots(LockMode mode, int? slots)
    {
        if (slots is null) return;
        if (slots is < 1 or > LockOptions.SlotsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(slots), slots, $"A shared lock has 1 to {LockOptions.SlotsMax} slots.");
        }

        if (mode == LockMode.Exclusive)
        {
            throw new ArgumentException($"An exclusive lock has no slots, and {slots} are named. Leave them out, or lock in shared mode.", nameof(slots));
        }
    }

    private static void ThrowUnlessWithin(TimeSpan value, TimeSpan min, TimeSpan max, string what, string parameter)
    {
        if (value < min || value > max) throw new ArgumentOutOfRangeException(parameter, value, $"{what} is from {min} to {max}.");
    }

    private static LockRange[] Merge(IReadOnlyList<LockRange> ranges)
    {
        List<LockRange> merged = [];
        foreach (LockRange range in ranges.OrderBy(range => range.Offset))
        {
            if (merged.Count == 0 || merged[^1].End < range.Offset) merged.Add(range);
            else merged[^1] = merged[^1] with { Bytes = Math.Max(merged[^1].End, range.End) - merged[^1].Offset };
        }

        return [.. merged];
    }
}
