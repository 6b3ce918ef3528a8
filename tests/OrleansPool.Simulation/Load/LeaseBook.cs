using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.Load;

/// <summary>The leases that the clients share: tokens are handed on, so several clients use one lease, and some use one that is old.</summary>
internal sealed class LeaseBook
{
    private const int OldCountMax = 8;

    private readonly List<SimLease> _leases = [];
    private readonly List<SimLease> _old = [];
    private readonly Dictionary<(ulong Segment, int Block, int Offset), long> _words = [];

    /// <summary>Leases that may be alive.</summary>
    public int Count => _leases.Count;

    /// <summary>Leases that may be alive, of one segment.</summary>
    public int CountOf(SegmentId segment) => _leases.Count(lease => lease.Segment == segment);

    public void Add(SimLease lease) => _leases.Add(lease);

    /// <summary>A lease is not what it was.</summary>
    public void Retire(SimLease lease)
    {
        if (!_leases.Remove(lease)) return;
        lease.IsOld = true;
        _old.Add(lease);
        if (_old.Count > OldCountMax) _old.RemoveAt(0);
    }

    /// <summary>A segment is gone.</summary>
    public void Forget(SegmentId segment)
    {
        _leases.RemoveAll(lease => lease.Segment == segment);
        _old.RemoveAll(lease => lease.Segment == segment);
    }

    /// <summary>Some lease; now and then one that is old.</summary>
    public SimLease? Pick(SeededRandom random)
    {
        if (_old.Count > 0 && random.OneIn(25)) return random.Pick(_old);
        return _leases.Count == 0 ? null : random.Pick(_leases);
    }

    /// <summary>A value was seen in a word.</summary>
    public void Saw(SegmentId segment, int block, int offset, long value)
    {
        if (_words.Count > 4096) _words.Clear();
        _words[(segment.Value, block, offset)] = value;
    }

    /// <summary>The value last seen in a word.</summary>
    public long LastSeen(SegmentId segment, int block, int offset) => _words.GetValueOrDefault((segment.Value, block, offset));
}
