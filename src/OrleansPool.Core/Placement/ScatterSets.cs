namespace OrleansPool.Core.Placement;

/// <summary>
/// The few nodes that hold the copies of one primary node's segments. Few, so that the death of several nodes at once rarely hits
/// all copies of any segment (Cidon et al., "Copysets", 2013); enough, so that many nodes help when one is lost.
/// </summary>
/// <remarks>
/// Nodes stand on a ring, by their hashed ids, and a node takes those that stand next to it. One that comes or goes changes one place
/// in the sets that have it, and none in the others. Partners are partners both ways, mostly, and partners of each other: a backup
/// that becomes primary finds the other copies in its own set, and nothing is copied for the set's sake. Other zones come first,
/// each as often as the others; its own only where those have too few nodes.
/// </remarks>
internal sealed class ScatterSets
{
    private readonly ReadOnlyMemory<PlacementNode> _nodes;
    private readonly int _width;
    private readonly int[] _active;
    private readonly int[] _zones;
    private readonly int[] _picksByZone;
    private readonly ulong[] _positions;
    private readonly ulong[] _distances;
    private readonly int[]?[] _sets;

    /// <summary>Prepares the sets.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="active">Indices of those that may be in sets.</param>
    /// <param name="width">How many are in a set, where there are enough.</param>
    public ScatterSets(ReadOnlyMemory<PlacementNode> nodes, int[] active, int width)
    {
        _nodes = nodes;
        _active = active;
        _width = Math.Min(width, active.Length);
        _sets = new int[nodes.Length][];
        _zones = new int[nodes.Length];
        _positions = [.. _nodes.ToArray().Select(node => PlacementHash.Of(node.Id))];
        _distances = new ulong[nodes.Length];
        Dictionary<int, int> zones = [];
        foreach (int node in active)
        {
            zones.TryAdd(nodes.Span[node].Zone, zones.Count);
            _zones[node] = zones[nodes.Span[node].Zone];
        }

        ZoneCount = zones.Count;
        _picksByZone = new int[zones.Count];
    }

    /// <summary>How many zones have an active node.</summary>
    public int ZoneCount { get; }

    /// <summary>The set of an active node.</summary>
    public ReadOnlySpan<int> Of(int node) => _sets[node] ??= Pick(node);

    /// <summary>Whether a node is in the set of another.</summary>
    public bool Has(int node, int other) => Of(node).Contains(other);

    private int[] Pick(int node)
    {
        foreach (int other in _active) _distances[other] = Math.Min(_positions[node] - _positions[other], _positions[other] - _positions[node]);
        Array.Clear(_picksByZone);
        _picksByZone[_zones[node]] = _nodes.Length;
        int[] set = new int[Math.Min(_width, _active.Length - 1)];
        for (int count = 0; count < set.Length; count++)
        {
            int best = PlacementSegment.NoNode;
            foreach (int other in _active)
            {
                if (other == node || set.AsSpan(0, count).Contains(other)) continue;
                if (best < 0 || ComesBefore(other, best)) best = other;
            }

            set[count] = best;
            _picksByZone[_zones[best]]++;
        }

        return set;
    }

    private bool ComesBefore(int one, int two)
    {
        int picks = _picksByZone[_zones[one]].CompareTo(_picksByZone[_zones[two]]);
        return picks < 0 || (picks == 0 && _distances[one] < _distances[two]);
    }
}
