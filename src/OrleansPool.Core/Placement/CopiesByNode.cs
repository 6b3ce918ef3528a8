namespace OrleansPool.Core.Placement;

/// <summary>The copies that each active node holds of segments that may be moved, and the nodes in some order.</summary>
internal sealed class CopiesByNode
{
    private readonly PlacementSurvey _survey;
    private readonly int[] _start;
    private readonly int[] _segments;

    public CopiesByNode(PlacementSurvey survey, CopyChoice choice)
    {
        _survey = survey;
        _start = new int[survey.NodeCount + 1];
        int[] calm = [.. survey.Order.Where(choice.IsCalm)];
        foreach (int segment in calm)
        {
            foreach (int member in survey.Segment(segment).InSync) _start[member + 1]++;
        }

        for (int node = 0; node < survey.NodeCount; node++) _start[node + 1] += _start[node];
        _segments = new int[_start[^1]];
        int[] next = [.. _start];
        foreach (int segment in calm)
        {
            foreach (int member in survey.Segment(segment).InSync) _segments[next[member]++] = segment;
        }
    }

    /// <summary>The segments of which a node holds a copy.</summary>
    public ReadOnlySpan<int> Of(int node) => _segments.AsSpan()[_start[node].._start[node + 1]];

    /// <summary>The active nodes, the one with the lowest value first.</summary>
    public int[] NodesBy(Func<int, double> valueOf)
    {
        int[] nodes = [.. _survey.ActiveNodes];
        (double, ulong)[] keys = Array.ConvertAll(nodes, node => (valueOf(node), _survey.NodeHashes[node]));
        Array.Sort(keys, nodes);
        return nodes;
    }
}
