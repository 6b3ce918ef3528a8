namespace OrleansPool.Simulation.Linearizability;

/// <summary>What a checker can say about a history.</summary>
public enum Verdict
{
    /// <summary>The budget ran out first. Not a pass.</summary>
    Unknown,

    /// <summary>There is an order of the operations that explains every answer.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    NotLinearizable,
}
