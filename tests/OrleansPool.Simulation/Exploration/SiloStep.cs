namespace OrleansPool.Simulation.Exploration;

/// <summary>What comes of one input in one state of a silo.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Parcels">What it sends.</param>
/// <param name="Answers">The writes that are answered as done, and their sequences.</param>
/// <param name="Reads">What reads through the cache got from fills, and its version.</param>
/// <param name="WantsView">It has heard of a newer view.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record SiloStep(int State, int[] Parcels, (int Number, ulong Sequence)[] Answers, (int Number, ulong Version)[] Reads, bool WantsView, string? Fault)
{
    /// <summary>Whether nothing came of it.</summary>
    public bool IsIdle(int before) => State == before && Parcels.Length == 0 && Answers.Length == 0 && Reads.Length == 0 && !WantsView && Fault is null;
}
