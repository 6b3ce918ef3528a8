using OrleansPool.Core;
using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>Whoever plans where copies should be, or a client of the opening, asks a silo for something.</summary>
internal sealed record Order(string Name, Action<FabricNode, Tick, NodeOutbox> Do);
