namespace OrleansPool.Benchmarks.Trace;

/// <summary>Which blocks of a trace are in which of so many places: what came first leaves first.</summary>
internal sealed class OldestOut(int slotCount)
{
    private readonly Dictionary<long, int> _slots = [];
    private readonly long?[] _held = new long?[slotCount];
    private readonly List<TraceBlock> _hits = [];
    private readonly List<TraceBlock> _misses = [];
    private int _next;

    /// <summary>
    /// Finds or makes places for the blocks of one request. The hits are to be read before the misses are written, which may take their places.
    /// </summary>
    /// <returns>Lists that the next call uses again.</returns>
    public (List<TraceBlock> Hits, List<TraceBlock> Misses) Place(long[] request)
    {
        if (request.Length > _held.Length) throw new ArgumentException($"A request of {request.Length} blocks finds {_held.Length} places.", nameof(request));
        _hits.Clear();
        _misses.Clear();
        foreach (long id in request)
        {
            if (_slots.TryGetValue(id, out int slot))
            {
                if (!_misses.Contains(new TraceBlock(id, slot))) _hits.Add(new TraceBlock(id, slot));
                continue;
            }

            slot = _next;
            _next = (_next + 1) % _held.Length;
            if (_held[slot] is { } oldest) _slots.Remove(oldest);
            _held[slot] = id;
            _slots.Add(id, slot);
            _misses.Add(new TraceBlock(id, slot));
        }

        return (_hits, _misses);
    }
}
