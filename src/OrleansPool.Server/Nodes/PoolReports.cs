namespace OrleansPool.Server.Nodes;

/// <summary>Adds up what a pool's segments hold.</summary>
internal static class PoolReports
{
    public static PoolReport Of(PoolShare share, PoolMemory memory, PoolMemory? spill, long exhaustions)
    {
        long leases = 0;
        long kept = 0;
        PoolCounters counters = memory.ClosedCounters;
        if (spill is not null) counters = PoolMemory.Sum(counters, spill.ClosedCounters);
        int sparse = 0;
        int segments = 0;
        foreach (NodeSegment segment in memory.Segments.Concat(spill?.Segments ?? []).Distinct())
        {
            segments++;
            leases += segment.Segment.LeaseCount;
            kept += segment.Segment.KeptCount;
            counters = PoolMemory.Sum(counters, segment.Segment.Counters);
            int leased = segment.Segment.LeasedBlockCount;
            if (leased > 0 && leased < segment.Segment.Geometry.BlockCount * PoolReport.SparseUsedRatio) sparse++;
        }

        long quota = share.Limits.QuotaBytes;
        return new PoolReport(
            share.Name, share.BlockBytes, share.BytesMax / share.BlockBytes, memory.BlockCount, memory.FreeBlockCount, leases, kept,
            counters with { Exhaustions = exhaustions })
        {
            SegmentCount = segments,
            SparseSegmentCount = sparse,
            SpilledBytes = spill is null ? 0 : (spill.BlockCount - spill.FreeBlockCount) * share.BlockBytes,
            WaiterCount = share.WaiterCount,
            QuotaBytes = quota == long.MaxValue ? 0 : quota,
            OwnerCount = share.Ledger.OwnerCount,
        };
    }
}
