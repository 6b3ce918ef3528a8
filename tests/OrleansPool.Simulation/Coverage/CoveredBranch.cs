namespace OrleansPool.Simulation.Coverage;

/// <summary>One way out of a decision.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Method">The method, in full.</param>
/// <param name="Offset">Where the decision is in the method's code.</param>
/// <param name="Path">Which of its ways.</param>
internal readonly record struct CoveredBranch(CoveredLine Line, string Method, int Offset, int Path);
