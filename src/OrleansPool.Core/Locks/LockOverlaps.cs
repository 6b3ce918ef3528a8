namespace OrleansPool.Core.Locks;

/// <summary>Ranges of bytes that meet.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LockOverlaps
{
    /// <summary>Whether some ranges and others have a byte in common.</summary>
    public static bool Any(IReadOnlyList<LockRange> some, IReadOnlyList<LockRange> others)
    {
        ArgumentNullException.ThrowIfNull(some);
        ArgumentNullException.ThrowIfNull(others);
        for (int i = 0; i < some.Count; i++)
        {
            for (int j = 0; j < others.Count; j++)
            {
                if (some[i].Overlaps(others[j])) return true;
            }
        }

        return false;
    }

    /// <summary>Whether ranges are in order, disjoint, not touching, not empty, not negative, and without overflow.</summary>
    public static bool AreMerged(IReadOnlyList<LockRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        long end = -1;
        foreach (LockRange range in ranges)
        {
            if (range.Offset <= end || range.Bytes < 1 || range.Offset > long.MaxValue - range.Bytes) return false;
            end = range.End;
        }

        return true;
    }

    /// <summary>The most holders on any one byte of some ranges.</summary>
    internal static int Deepest(LockRange[] ranges, List<LockHolder> holders)
    {
        int deepest = 0;

        // The depth only rises where a range begins, so it is enough to look there.
        foreach (long at in holders.SelectMany(holder => holder.Request.Ranges).Concat(ranges).Select(range => range.Offset))
        {
            var here = new LockRange(at, 1);
            if (!Array.Exists(ranges, range => range.Overlaps(here))) continue;
            deepest = Math.Max(deepest, holders.Count(holder => Array.Exists(holder.Request.Ranges, range => range.Overlaps(here))));
        }

        return deepest;
    }
}
