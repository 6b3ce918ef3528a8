namespace OrleansPool.Simulation.Witness;

/// <summary>All that a witness was told, in the order it was told, and the violations that its checks find there. The checks sort indices into it.</summary>
internal sealed class Evidence
{
    /// <summary>How many violations are kept; the rest are counted.</summary>
    private const int ViolationsKeptMax = 100;

    private readonly List<Violation> _violations = [];
    private readonly ByteStore _bytes = new();
    private readonly PagedList<WitnessedOperation> _operations = new();
    private readonly PagedList<ExecutedOperation> _executed = new();

    public int OperationCount => _operations.Count;

    public int ExecutedCount => _executed.Count;

    public long ViolationCount { get; private set; }

    public IReadOnlyList<Violation> Violations => [.. _violations];

    public void Add(in WitnessedOperation operation) => _operations.Add(operation);

    public void Add(in ExecutedOperation executed) => _executed.Add(executed with { Bytes = _bytes.Keep(executed.Bytes.Span) });

    public ref readonly WitnessedOperation Operation(int index) => ref _operations[index];

    public ref readonly ExecutedOperation Executed(int index) => ref _executed[index];

    public void Violate(ViolationKind kind, string explanation)
    {
        ViolationCount++;
        if (_violations.Count < ViolationsKeptMax) _violations.Add(new Violation(kind, explanation));
    }

    public void ForgetViolations()
    {
        _violations.Clear();
        ViolationCount = 0;
    }

    /// <summary>The indices of the operations that are wanted, sorted.</summary>
    public int[] Operations(Func<int, bool> isWanted, Comparison<int> order) => Sorted(OperationCount, isWanted, order);

    /// <summary>The indices of the executed operations that are wanted, sorted.</summary>
    public int[] ExecutedOperations(Func<int, bool> isWanted, Comparison<int> order) => Sorted(ExecutedCount, isWanted, order);

    private static int[] Sorted(int count, Func<int, bool> isWanted, Comparison<int> order)
    {
        int[] indices = new int[count];
        int wanted = 0;
        for (int index = 0; index < count; index++)
        {
            if (isWanted(index)) indices[wanted++] = index;
        }

        Array.Resize(ref indices, wanted);
        indices.AsSpan().Sort(order);
        return indices;
    }
}
