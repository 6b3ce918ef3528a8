namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>What a register can do.</summary>
public enum RegisterOperation : byte
{
    /// <summary>Answers the value.</summary>
    Read,

    /// <summary>Sets the value.</summary>
    Write,

    /// <summary>Sets the value if it is the expected one.</summary>
    CompareExchange,
}
