namespace OrleansPool.Simulation.Exploration;

/// <summary>What came of an exploration.</summary>
/// <param name="States">States of the whole.</param>
/// <param name="Transitions">Ways from one to another.</param>
/// <param name="SiloStates">States of single silos.</param>
/// <param name="Inputs">Inputs that were carried out by real nodes.</param>
/// <param name="Endings">Ends that were gone through.</param>
/// <param name="Depth">The longest shortest way.</param>
/// <param name="IsComplete">Whether there is no state left.</param>
/// <param name="Violation">What did not hold; null if all did.</param>
/// <param name="Path">The choices that lead to it.</param>
internal sealed record ExplorationResult(
    long States, long Transitions, long SiloStates, long Inputs, long Endings, int Depth, bool IsComplete, string? Violation, IReadOnlyList<string> Path);
