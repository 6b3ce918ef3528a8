namespace OrleansPool.Simulation.Exploration;

/// <summary>A client asks for one of the writes, for the first time or again.</summary>
/// <param name="Number">Which, from 1: also its number in the client's session, and what it writes.</param>
internal sealed record ClientWrite(int Number);
