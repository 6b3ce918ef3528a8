namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// What is not placed yet, in order of time: calls and returns of known operations in one doubly linked list, calls of unknown ones in another. Placing an
/// operation lifts its entries out; taking it back puts them where they were, which works in the reverse order only.
/// </summary>
internal sealed class EntryList
{
    private const int Head = 0;

    // Node 0 is the head. Known operation o: call 1 + 2o, return 2 + 2o. Unknown: a ring of its own behind them, with its head.
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int _knownCount;
    private readonly int _unknownHead;

    /// <param name="invokedAt">Moments of invocation by operation: first the known ones, then the unknown ones, each in ascending order.</param>
    /// <param name="returnedAt">Moments of return of the known ones.</param>
    public EntryList(ReadOnlySpan<long> invokedAt, ReadOnlySpan<long> returnedAt)
    {
        _knownCount = returnedAt.Length;
        _unknownHead = 1 + 2 * _knownCount;
        int nodeCount = _unknownHead + 1 + invokedAt.Length - _knownCount;
        _next = new int[nodeCount];
        _previous = new int[nodeCount];

        // Calls sort before returns of the same moment: then the two are concurrent.
        int[] nodes = new int[2 * _knownCount];
        var moments = new (long Time, int IsReturn)[nodes.Length];
        for (int operation = 0; operation < _knownCount; operation++)
        {
            (nodes[2 * operation], moments[2 * operation]) = (Call(operation), (invokedAt[operation], 0));
            (nodes[2 * operation + 1], moments[2 * operation + 1]) = (Call(operation) + 1, (returnedAt[operation], 1));
        }

        Array.Sort(moments, nodes);
        Link(Head, nodes);
        Link(_unknownHead, [.. Enumerable.Range(_unknownHead + 1, nodeCount - _unknownHead - 1)]);
    }

    /// <summary>The first call after an operation's, or after the head, that comes before any return.</summary>
    /// <param name="after">A known operation, or -1.</param>
    /// <param name="isReturn">Whether a return comes first; then it is of the operation returned.</param>
    public int NextKnown(int after, out bool isReturn)
    {
        int node = _next[after < 0 ? Head : Call(after)];
        isReturn = (node & 1) == 0;
        return (node - 1) / 2;
    }

    /// <summary>The operation that returns first of those that are not placed.</summary>
    public int FirstToReturn()
    {
        int operation = NextKnown(-1, out bool isReturn);
        while (!isReturn) operation = NextKnown(operation, out isReturn);
        return operation;
    }

    /// <summary>The unknown operation after another, or the first one for -1; -1 at the end.</summary>
    public int NextUnknown(int after)
    {
        int node = _next[after < 0 ? _unknownHead : UnknownNode(after)];
        return node == _unknownHead ? -1 : node - _unknownHead - 1 + _knownCount;
    }

    public void Lift(int operation)
    {
        if (operation >= _knownCount)
        {
            LiftNode(UnknownNode(operation));
            return;
        }

        LiftNode(Call(operation));
        LiftNode(Call(operation) + 1);
    }

    public void PutBack(int operation)
    {
        if (operation >= _knownCount)
        {
            PutBackNode(UnknownNode(operation));
            return;
        }

        PutBackNode(Call(operation) + 1);
        PutBackNode(Call(operation));
    }

    private static int Call(int operation) => 1 + 2 * operation;

    private int UnknownNode(int operation) => _unknownHead + 1 + operation - _knownCount;

    private void LiftNode(int node)
    {
        _next[_previous[node]] = _next[node];
        _previous[_next[node]] = _previous[node];
    }

    private void PutBackNode(int node)
    {
        _next[_previous[node]] = node;
        _previous[_next[node]] = node;
    }

    private void Link(int head, ReadOnlySpan<int> nodes)
    {
        int last = head;
        foreach (int node in nodes)
        {
            (_next[last], _previous[node]) = (node, last);
            last = node;
        }

        (_next[last], _previous[head]) = (head, last);
    }
}
