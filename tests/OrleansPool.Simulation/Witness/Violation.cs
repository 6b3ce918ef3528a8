namespace OrleansPool.Simulation.Witness;

/// <summary>Something that a run must not do, and did.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Explanation">One line that names the operations.</param>
public readonly record struct Violation(ViolationKind Kind, string Explanation)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Explanation}";
}
