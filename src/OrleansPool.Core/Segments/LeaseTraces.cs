namespace OrleansPool.Core.Segments;

/// <summary>The traces in which leases were taken, beside the lease rows, which stay small: most leases have none.</summary>
/// <remarks>
/// Owned by the segment's executor. Bounded: at most <see cref="CountMax"/> traces a segment, about 160 KiB of managed memory, which
/// is every lease of a segment of 16 MiB in blocks of 4 KiB. A lease that comes when it is full has no trace.
/// </remarks>
internal sealed class LeaseTraces
{
    public const int CountMax = 4096;

    private readonly Dictionary<int, UInt128> _traces = [];

    /// <summary>The trace of a lease; zero for none.</summary>
    public UInt128 this[int head] => _traces.GetValueOrDefault(head);

    public void Add(int head, UInt128 trace)
    {
        if (trace != 0 && _traces.Count < CountMax) _traces[head] = trace;
    }

    public void Remove(int head)
    {
        if (_traces.Count > 0) _traces.Remove(head);
    }
}
