namespace OrleansPool.Core.Segments;

/// <summary>What happened in a segment since it was made. Written by its executor only; readers may see it a moment late.</summary>
internal sealed class SegmentCounters
{
    public long Leases;
    public long Frees;
    public long Expiries;
    public long Exhaustions;
    public long Fences;
    public long Writes;
    public long BytesWritten;

    public PoolCounters Read() => new(
        Volatile.Read(ref Leases), Volatile.Read(ref Frees), Volatile.Read(ref Expiries), Volatile.Read(ref Exhaustions),
        Volatile.Read(ref Fences), Volatile.Read(ref Writes));
}
