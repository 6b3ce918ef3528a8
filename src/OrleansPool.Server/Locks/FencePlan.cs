using OrleansPool.Grains;

namespace OrleansPool.Server.Locks;

/// <summary>Cuts locked bytes of a region at its extents and their runs of blocks.</summary>
internal static class FencePlan
{
    /// <summary>What to ask of the owners. Bytes whose owner is gone, and bytes past the end, are left out.</summary>
    public static List<BlockFence> Of(PageTable table, IReadOnlyList<LockRange> ranges, ulong fence, ulong[] earlier)
    {
        List<BlockFence> plan = [];
        long start = 0;
        foreach (OpenExtent extent in table.Extents)
        {
            long runStart = start;
            foreach (BlockRun run in extent.Runs)
            {
                long runEnd = runStart + ((long)run.Count * table.BlockBytes);
                foreach (LockRange range in ranges)
                {
                    long from = Math.Max(range.Offset, runStart);
                    long to = Math.Min(range.End, runEnd);
                    if (from >= to) continue;
                    plan.Add(new BlockFence(
                        extent.Extent, run.First + (int)((from - runStart) / table.BlockBytes), (int)((from - runStart) % table.BlockBytes),
                        (int)(to - from), fence, earlier));
                }

                runStart = runEnd;
            }

            start += (long)extent.Extent.BlockCount * table.BlockBytes;
        }

        return plan;
    }
}
