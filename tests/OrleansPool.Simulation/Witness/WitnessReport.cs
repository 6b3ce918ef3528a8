namespace OrleansPool.Simulation.Witness;

/// <summary>What a witness found.</summary>
/// <param name="OperationCount">How many clients' operations it checked.</param>
/// <param name="ExecutedCount">How many operations the streams have.</param>
/// <param name="ReadCount">How many reads were held against the bytes of their viewstamp.</param>
/// <param name="ViolationCount">How many violations there are.</param>
/// <param name="Violations">The first of them.</param>
public sealed record WitnessReport(
    long OperationCount, long ExecutedCount, long ReadCount, long ViolationCount, IReadOnlyList<Violation> Violations)
{
    /// <summary>Whether all is well.</summary>
    public bool Holds => ViolationCount == 0;
}
